import { getAddress } from "viem";
import type { L1BlockRef } from "../../../protocol/types.js";
import type {
  IndexedProposal,
  IndexedWithdrawal,
  ListMark,
} from "../../../services/indexer/types.js";
import { ProposalStatus } from "../../../services/proposals/types.js";
import {
  buildWithdrawalProof,
  type WithdrawalProof,
} from "../../../services/withdrawals/buildWithdrawalProof.js";
import type { WithdrawalReport } from "../../../services/withdrawals/withdrawalReader.js";
import type { Address, Hash } from "../../../util/hex.js";
import { type AsOf, encodeListCursor, toAsOf, toListQuery, toPageRequest } from "../cursor.js";
import { encodeWithdrawal, toTime } from "../encodeWithdrawal.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";
import {
  requireWithdrawal,
  unknownWithdrawal,
  type WithdrawalParts,
  withdrawalParts,
} from "../withdrawalParts.js";
import type { WithdrawalRow } from "../withdrawalRows.js";

/** Rows that one request with a status filter looks at; the cursor goes on from there. */
const MAX_SCANNED = 400;
const SCAN_PAGE = 100;
const BEGIN = Buffer.from('{"data":[');
const COMMA = Buffer.from(",");

/** Messages from L2 to L1: where they stand, and what proves them. */
export function withdrawalRoutes(deps: RestDeps): RestRoute[] {
  const parts = withdrawalParts(deps);
  return [
    {
      operationId: "listWithdrawals",
      method: "get",
      path: "/withdrawals",
      handle: async (request) => listWithdrawals(parts(), request),
    },
    {
      operationId: "getWithdrawal",
      method: "get",
      path: "/withdrawals/{hash}",
      handle: async (request) => getWithdrawal(parts(), toHash(request.params.hash)),
    },
    {
      operationId: "getWithdrawalProof",
      method: "get",
      path: "/withdrawals/{hash}/proof",
      handle: async (request) => getProof(parts(), request),
    },
  ];
}

async function getWithdrawal(parts: WithdrawalParts, hash: Hash): Promise<RestReply> {
  const withdrawal = await parts.index.getWithdrawal(hash);
  const { heads } = parts.chain.feeds;
  if (withdrawal) {
    const [report] = await parts.reader.report([withdrawal]);
    return { body: report && encodeWithdrawal(report, heads) };
  }
  const ofTx = await parts.index.withdrawalsOfTx(hash);
  if (ofTx.length > 0) {
    const reports = await parts.reader.report(ofTx);
    const withdrawals = reports.map((report) => encodeWithdrawal(report, heads));
    return { body: { l2TxHash: hash, withdrawals } };
  }
  if (await parts.engine.getTransaction(hash)) {
    const detail = "This is an L2 transaction that has initiated no withdrawal (yet).";
    throw new RestProblem("withdrawal-unknown", { detail });
  }
  throw unknownWithdrawal(parts.index);
}

async function listWithdrawals(parts: WithdrawalParts, request: RestRequest): Promise<RestReply> {
  const { query } = request;
  const place = await listedAt(parts);
  const sender = toAddress(query.sender);
  const target = toAddress(query.target);
  const isWanted = ({ withdrawal, status }: WithdrawalRow) =>
    (query.status === undefined || status === query.status) &&
    (sender === undefined || withdrawal.sender === sender) &&
    (target === undefined || withdrawal.target === target);
  const asOf = await asOfAt(parts, place.at);
  if (typeof query.l2TxHash === "string") {
    const ofTx = await parts.index.withdrawalsOfTx(toHash(query.l2TxHash));
    const found = (await parts.rows.read(ofTx, place)).filter(isWanted);
    return listReply(found, null, asOf);
  }
  const listQuery = toListQuery(query);
  const list = `withdrawals ${listQuery.order} ${sender ?? ""} ${target ?? ""} ${query.status ?? ""}`;
  const page = toPageRequest(list, listQuery);
  const filter = { ...(sender && { sender }), ...(target && { target }) };
  const found: WithdrawalRow[] = [];
  let after: ListMark | null | undefined = page.after;
  for (let scanned = 0; scanned < MAX_SCANNED && found.length < page.limit; ) {
    const limit = query.status === undefined ? page.limit - found.length : SCAN_PAGE;
    const { items, next } = await parts.index.listWithdrawals(filter, {
      limit,
      order: page.order,
      ...(after && { after }),
    });
    after = takeUntilFull(found, page.limit, await parts.rows.read(items, place), isWanted) ?? next;
    scanned += SCAN_PAGE;
    if (after === null) break;
  }
  return listReply(found, after ? encodeListCursor(list, after) : null, asOf);
}

/** The L1 block that the index stands on, so that nobody waits for L1; its head while the index cannot tell. */
async function listedAt({ index, calls }: WithdrawalParts) {
  const standing = index.standing();
  return standing ?? { at: await calls.head(), version: undefined };
}

function listReply(rows: readonly WithdrawalRow[], nextCursor: string | null, asOf: AsOf) {
  const rest = `],"nextCursor":${JSON.stringify(nextCursor)},"asOf":${JSON.stringify(asOf)}}`;
  const parts: Buffer[] = [];
  for (const row of rows) parts.push(parts.length === 0 ? BEGIN : COMMA, row.json());
  if (parts.length === 0) parts.push(BEGIN);
  return { json: Buffer.concat([...parts, Buffer.from(rest)]) };
}

/** Adds what is wanted; answers the row to go on after if the page got full before the last row. */
function takeUntilFull(
  found: WithdrawalRow[],
  limit: number,
  rows: WithdrawalRow[],
  isWanted: (row: WithdrawalRow) => boolean,
): ListMark | undefined {
  const last = rows.at(-1);
  for (const row of rows) {
    if (!isWanted(row)) continue;
    found.push(row);
    if (found.length === limit && row !== last) return row.withdrawal.mark;
  }
  return undefined;
}

async function getProof(parts: WithdrawalParts, request: RestRequest): Promise<RestReply> {
  const withdrawal = await requireWithdrawal(parts, toHash(request.params.hash));
  const index = request.query.proposal;
  const proposal =
    typeof index === "number"
      ? await requireProposal(parts, withdrawal, BigInt(index))
      : await bestProposal(parts, withdrawal);
  const proof = await verifiedProof(parts, withdrawal, proposal);
  const { l2BlockNumber, outputRoot, outputRootProof, withdrawalProof } = proof;
  return {
    body: {
      withdrawalHash: withdrawal.withdrawalHash,
      withdrawal: encodeTransaction(withdrawal),
      proposalIndex: Number(proof.proposalIndex),
      l2BlockNumber: Number(l2BlockNumber),
      outputRoot,
      outputRootProof,
      storageProof: withdrawalProof,
      verifiedLocally: true,
    },
  };
}

/** The best proposal to prove against now. Errors: not-proposed-yet. */
export async function bestProposal(
  { reader, calls }: Pick<WithdrawalParts, "reader" | "calls">,
  withdrawal: IndexedWithdrawal,
): Promise<IndexedProposal> {
  const best = await reader.provable(withdrawal);
  if (best) return best;
  const [report] = await reader.report([withdrawal], await calls.head());
  throw notProposedYet(report);
}

/** A proposal named by the caller. Errors: proposal-unknown, not-proposed-yet, not-derived-yet, proposal-invalid. */
export async function requireProposal(
  { index, reader }: Pick<WithdrawalParts, "index" | "reader">,
  withdrawal: IndexedWithdrawal,
  wanted: bigint,
): Promise<IndexedProposal> {
  const proposal = await index.getProposal(wanted);
  if (!proposal) throw new RestProblem("proposal-unknown");
  if (proposal.l2BlockNumber < withdrawal.l2.blockNumber) {
    const [report] = await reader.report([withdrawal]);
    throw notProposedYet(
      report,
      `Proposal ${wanted} ends at L2 block ${proposal.l2BlockNumber}, the withdrawal is in ${withdrawal.l2.blockNumber}.`,
    );
  }
  if (proposal.status === ProposalStatus.challengerWins) {
    throw new RestProblem("proposal-invalid", { detail: `Proposal ${wanted} was lost.` });
  }
  if (proposal.verdict === "disagree") {
    const detail = `Proposal ${wanted} claims another output root than this node derived.`;
    throw new RestProblem("proposal-invalid", { detail, expectedRoot: proposal.expectedRoot });
  }
  if (proposal.verdict === "unknown") throw new RestProblem("not-derived-yet");
  return proposal;
}

/** A proof that passed our own check. Errors: proposal-invalid. */
export async function verifiedProof(
  { engine }: Pick<WithdrawalParts, "engine">,
  { withdrawalHash }: IndexedWithdrawal,
  proposal: IndexedProposal,
): Promise<WithdrawalProof> {
  const proof = await buildWithdrawalProof(engine, withdrawalHash, proposal);
  if (proof) return proof;
  throw new RestProblem("proposal-invalid", {
    detail: `The withdrawal cannot be shown under the root that proposal ${proposal.index} claims.`,
  });
}

/** A withdrawal as the portal's functions take it. */
export function encodeTransaction(withdrawal: IndexedWithdrawal) {
  return {
    nonce: withdrawal.nonce,
    sender: getAddress(withdrawal.sender),
    target: getAddress(withdrawal.target),
    valueWei: withdrawal.value,
    gasLimit: withdrawal.gasLimit,
    data: `0x${Buffer.from(withdrawal.data).toString("hex")}`,
  };
}

function notProposedYet(report: WithdrawalReport | undefined, detail?: string): RestProblem {
  const validFrom = report?.snapshot.periodEnd ?? null;
  const eta = report?.progress.etaSec ?? null;
  return new RestProblem("not-proposed-yet", {
    ...(detail !== undefined && { detail }),
    ...(eta !== null && { retryAfterSec: Math.max(eta, 1) }),
    etaSec: eta,
    validFrom: toTime(validFrom),
    validFromTimestamp: validFrom === null ? null : Number(validFrom),
  });
}

async function asOfAt({ engine, node }: WithdrawalParts, at: L1BlockRef): Promise<AsOf> {
  const unsafeL2 = (await engine.getHeader("latest")) ?? (await node.syncStatus()).unsafeL2;
  return toAsOf({ headL1: at, unsafeL2 });
}

/** Lower case, as hashes are inside. */
export function toHash(value: unknown): Hash {
  return String(value).toLowerCase() as Hash;
}

/** Lower case, as addresses are inside; undefined stays so. */
export function toAddress(value: unknown): Address | undefined {
  return typeof value === "string" ? (value.toLowerCase() as Address) : undefined;
}
