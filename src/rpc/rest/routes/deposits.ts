import type { DepositFilter, DepositStatus, IndexReader } from "../../../services/indexer/types.js";
import type { Address, Hash } from "../../../util/hex.js";
import { listReply, readAsOf, toListQuery, toPageRequest } from "../cursor.js";
import { encodeDeposit, encodeDepositDetail } from "../encode/deposit.js";
import { chainOf, indexOf, nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** Records that L1 may be ahead of the index before "unknown" means nothing. */
const MAX_LAG = 8n;

/** Deposits, from L1 to finalized on L2. */
export function depositRoutes(deps: RestDeps): RestRoute[] {
  return [
    {
      operationId: "listDeposits",
      method: "get",
      path: "/deposits",
      handle: (request) => listDeposits(deps, request),
    },
    {
      operationId: "getDeposit",
      method: "get",
      path: "/deposits/{id}",
      handle: ({ params }) => getDeposit(deps, String(params.id).toLowerCase()),
    },
  ];
}

async function listDeposits(deps: RestDeps, { query }: RestRequest): Promise<RestReply> {
  const index = indexOf(deps);
  const { feeds } = chainOf(deps);
  const filter = toFilter(query);
  const list = toListQuery(query);
  const name = `deposits/${list.order}/${JSON.stringify(filter)}`;
  const page = await index.listDeposits(filter, toPageRequest(name, list));
  return listReply(name, page, await readAsOf(nodeOf(deps)), (row) => encodeDeposit(row, feeds));
}

async function getDeposit(deps: RestDeps, id: string): Promise<RestReply> {
  const index = indexOf(deps);
  const { feeds } = chainOf(deps);
  const found = id.startsWith("0x")
    ? await index.getDepositByL2Hash(id as Hash)
    : await index.getDeposit(BigInt(id));
  if (found) return { body: encodeDepositDetail(found, feeds) };
  const ofTx = id.startsWith("0x") ? await index.depositsOfL1Tx(id as Hash) : [];
  if (ofTx.length === 0) throw unknownDeposit(index);
  return { body: { l1TxHash: id, deposits: ofTx.map((row) => encodeDeposit(row, feeds)) } };
}

function toFilter(query: Record<string, unknown>): DepositFilter {
  const lower = (name: string) => {
    const value = query[name];
    return typeof value === "string" ? (value.toLowerCase() as Address & Hash) : undefined;
  };
  const filter: DepositFilter = {};
  for (const name of ["from", "to", "l1TxHash", "l2TxHash"] as const) {
    const value = lower(name);
    if (value !== undefined) filter[name] = value;
  }
  if (typeof query.status === "string") filter.status = query.status as DepositStatus;
  return filter;
}

function unknownDeposit(index: IndexReader): RestProblem {
  const { records } = index.progress();
  if (records.known - records.indexed <= MAX_LAG) return new RestProblem("deposit-unknown");
  const detail = `The index has ${records.indexed} of ${records.known} records.`;
  return new RestProblem("syncing", { detail, retryAfterSec: 2 });
}
