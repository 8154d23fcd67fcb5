import { encodeFinalize, encodeProve } from "../../../services/prepare/portalCalls.js";
import { simulateOnL1 } from "../../../services/prepare/simulate.js";
import { judgeProof, type ProofOutlook } from "../../../services/withdrawals/proofOutlook.js";
import type { WithdrawalReport } from "../../../services/withdrawals/withdrawalReader.js";
import { type Address, toHex } from "../../../util/hex.js";
import { toTime } from "../encodeWithdrawal.js";
import { preparedReply } from "../prepared.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";
import { requireWithdrawal, type WithdrawalParts, withdrawalParts } from "../withdrawalParts.js";
import { bestProposal, requireProposal, toHash, verifiedProof } from "./withdrawals.js";

/** The steps of a withdrawal on L1 as transactions for the caller to sign. */
export function prepareWithdrawalRoutes(deps: RestDeps): RestRoute[] {
  const parts = withdrawalParts(deps);
  const step = (
    operationId: string,
    name: string,
    prepare: (
      parts: WithdrawalParts,
      request: RestRequest,
      report: WithdrawalReport,
    ) => Promise<RestReply>,
  ): RestRoute => ({
    operationId,
    method: "post",
    path: `/withdrawals/{hash}/${name}`,
    handle: async (request) => {
      const all = parts();
      const withdrawal = await requireWithdrawal(all, toHash(request.params.hash));
      const [report] = await all.reader.report([withdrawal]);
      return prepare(all, request, report as WithdrawalReport);
    },
  });
  return [
    step("prepareProve", "prepare-prove", prepareProve),
    step("prepareFinalize", "prepare-finalize", prepareFinalize),
    step("prepareReplay", "prepare-replay", prepareReplay),
  ];
}

async function prepareProve(
  parts: WithdrawalParts,
  request: RestRequest,
  { withdrawal, snapshot }: WithdrawalReport,
): Promise<RestReply> {
  if (snapshot.outcome !== null) throw new RestProblem("already-finalized");
  const body = request.body as { from: string; proposalIndex?: number };
  const from = body.from.toLowerCase() as Address;
  const proposal =
    body.proposalIndex === undefined
      ? await bestProposal(parts, withdrawal)
      : await requireProposal(parts, withdrawal, BigInt(body.proposalIndex));
  const validFrom = proposal.createdAt + 1n;
  if (snapshot.l1Time < validFrom) throw tooEarly("not-proposed-yet", validFrom, snapshot.l1Time);
  const proof = await verifiedProof(parts, withdrawal, proposal);
  const own = snapshot.proofs.find(({ submitter }) => submitter === from);
  const hasProof = own !== undefined && !judgeProof(own, snapshot).isLost;
  const message =
    "This account has proven it already; proving again starts the maturity delay anew.";
  const draft = {
    from,
    to: parts.config.addresses.portal,
    data: encodeProve(withdrawal, proof),
    value: 0n,
  };
  return preparedReply({
    layer: "l1",
    chainId: parts.config.chain.l1ChainId,
    action: "prove",
    draft,
    simulation: await simulateOnL1(parts.l1, draft, request.signal),
    warnings: hasProof ? [{ code: "already-proven", message }] : [],
    extra: {
      withdrawalHash: withdrawal.withdrawalHash,
      proposalIndex: Number(proposal.index),
      l2BlockNumber: Number(proposal.l2BlockNumber),
    },
  });
}

async function prepareFinalize(
  parts: WithdrawalParts,
  request: RestRequest,
  report: WithdrawalReport,
): Promise<RestReply> {
  const { withdrawal, snapshot } = report;
  if (snapshot.outcome !== null) throw new RestProblem("already-finalized");
  const body = request.body as { from: string; proofSubmitter?: string };
  const named = body.proofSubmitter?.toLowerCase() as Address | undefined;
  const outlook = named ? await outlookOf(parts, report, named) : bestOutlook(report);
  assertReady(outlook, snapshot.l1Time);
  const proofSubmitter = outlook.proof.submitter;
  const draft = {
    from: body.from.toLowerCase() as Address,
    to: parts.config.addresses.portal,
    data: encodeFinalize(withdrawal, proofSubmitter),
    value: 0n,
  };
  return preparedReply({
    layer: "l1",
    chainId: parts.config.chain.l1ChainId,
    action: "finalize",
    draft,
    simulation: await simulateOnL1(parts.l1, draft, request.signal),
    extra: { withdrawalHash: withdrawal.withdrawalHash, proofSubmitter },
  });
}

/** The proof that the status goes by. Errors: proof-invalidated, not-proven-yet. */
function bestOutlook({ snapshot, progress }: WithdrawalReport): ProofOutlook {
  const { proofSubmitter } = progress.nextAction;
  const outlooks = snapshot.proofs.map((proof) => judgeProof(proof, snapshot));
  const best =
    outlooks.find(({ proof }) => proof.submitter === proofSubmitter) ??
    outlooks.find(({ isLost }) => !isLost) ??
    outlooks[0];
  if (!best) throw new RestProblem("not-proven-yet");
  return best;
}

async function outlookOf(
  { reader, calls }: WithdrawalParts,
  { withdrawal, snapshot }: WithdrawalReport,
  submitter: Address,
): Promise<ProofOutlook> {
  const known = snapshot.proofs.find((proof) => proof.submitter === submitter);
  const proof = known ?? (await reader.proofBy(withdrawal, submitter, await calls.head()));
  if (!proof) {
    throw new RestProblem("not-proven-yet", { detail: "This account has not proven it." });
  }
  return judgeProof(proof, snapshot);
}

function assertReady({ isLost, blockedBy, readyFrom }: ProofOutlook, l1Time: bigint): void {
  if (isLost) throw new RestProblem("proof-invalidated");
  if (blockedBy === null) return;
  const code =
    blockedBy.reason === "proof-maturity" ? "proof-not-mature" : "challenge-period-active";
  throw tooEarly(code, readyFrom, l1Time, {
    blockedBy: {
      reason: blockedBy.reason,
      proposalIndex: blockedBy.proposalIndex === null ? null : Number(blockedBy.proposalIndex),
    },
  });
}

async function prepareReplay(
  parts: WithdrawalParts,
  request: RestRequest,
  { withdrawal, snapshot }: WithdrawalReport,
): Promise<RestReply> {
  if (!snapshot.outcome?.isReplayable) throw new RestProblem("not-replayable");
  const { from } = request.body as { from: string };
  // The withdrawal's data are the messenger's call itself; the messenger kept the value.
  const draft = {
    from: from.toLowerCase() as Address,
    to: parts.config.addresses.l1CrossDomainMessenger,
    data: toHex(withdrawal.data),
    value: 0n,
  };
  return preparedReply({
    layer: "l1",
    chainId: parts.config.chain.l1ChainId,
    action: "replay",
    draft,
    simulation: await simulateOnL1(parts.l1, draft, request.signal),
    extra: { withdrawalHash: withdrawal.withdrawalHash },
  });
}

/** A 409 that says from when on it would work; null: nobody can tell. */
export function tooEarly(
  code:
    | "not-proposed-yet"
    | "proof-not-mature"
    | "challenge-period-active"
    | "claim-not-due"
    | "stake-locked",
  validFrom: bigint | null,
  l1Time: bigint,
  more: Record<string, unknown> = {},
): RestProblem {
  const left = validFrom === null ? null : Number(validFrom - l1Time);
  return new RestProblem(code, {
    ...(left !== null && { retryAfterSec: Math.max(left, 1) }),
    validFrom: toTime(validFrom),
    validFromTimestamp: validFrom === null ? null : Number(validFrom),
    ...more,
  });
}
