import { judgeProof, type ProofOutlook } from "./proofOutlook.js";
import type { WithdrawalProgress, WithdrawalSnapshot, WithdrawalStatus } from "./types.js";

type Action = WithdrawalProgress["nextAction"];
type Rest = Pick<WithdrawalProgress, "blockedBy"> & { action: Partial<Action> };

/**
 * Status of a withdrawal and what comes next, from contract state alone: the same comparisons as the portal's, made at the time of
 * the L1 head.
 * Source: docs/protocol/proposals.md#withdrawals-on-l1
 */
export function withdrawalProgress(snapshot: WithdrawalSnapshot): WithdrawalProgress {
  const { outcome } = snapshot;
  if (outcome !== null) return finished(outcome, snapshot);
  const outlooks = snapshot.proofs.map((proof) => judgeProof(proof, snapshot));
  const best = pickBest(outlooks);
  if (best !== undefined) return proven(best, snapshot);
  if (outlooks.length > 0) return answer("proofInvalidated", snapshot, proveOrWait(snapshot));
  if (snapshot.usable !== null && snapshot.l1Time > snapshot.usable.createdAt) {
    return answer("readyToProve", snapshot, proveOrWait(snapshot));
  }
  return answer(
    snapshot.isSafe ? "waitingForProposal" : "initiated",
    snapshot,
    proveOrWait(snapshot),
  );
}

function finished(
  outcome: NonNullable<WithdrawalSnapshot["outcome"]>,
  snapshot: WithdrawalSnapshot,
): WithdrawalProgress {
  const hasFailed = outcome.success === false || outcome.isReplayable;
  const kind = outcome.isReplayable ? "replay" : "none";
  const validFrom = outcome.isReplayable ? snapshot.l1Time : null;
  return answer(hasFailed ? "failedReplayable" : "finalized", snapshot, {
    action: { kind, validFrom },
    blockedBy: null,
  });
}

function proven(best: ProofOutlook, snapshot: WithdrawalSnapshot): WithdrawalProgress {
  const { proof, readyFrom, blockedBy } = best;
  const action = {
    validFrom: readyFrom,
    isEstimate: best.isEstimate,
    proofSubmitter: proof.submitter,
  };
  if (blockedBy === null) {
    return answer("readyToFinalize", snapshot, {
      action: { ...action, kind: "finalize" },
      blockedBy,
    });
  }
  const status = best.isRipe ? "inChallengePeriod" : "proven";
  // A proof that rests on a wrong claim is worth nothing: prove again where there is a right one.
  if (blockedBy.reason === "proposal-disagrees" && snapshot.usable !== null) {
    return answer(status, snapshot, { ...proveOrWait(snapshot), blockedBy });
  }
  return answer(status, snapshot, { action: { ...action, kind: "wait" }, blockedBy });
}

function proveOrWait({ usable, isSafe, l1Time, periodEnd }: WithdrawalSnapshot): Rest {
  if (usable === null) {
    const reason = isSafe ? "no-proposal" : "not-safe-yet";
    return {
      action: { kind: "wait", validFrom: periodEnd, isEstimate: true },
      blockedBy: { reason, proposalIndex: null },
    };
  }
  const kind = l1Time > usable.createdAt ? "prove" : "wait";
  return {
    action: { kind, validFrom: usable.createdAt + 1n, proposalIndex: usable.index },
    blockedBy: kind === "prove" ? null : { reason: "no-proposal", proposalIndex: usable.index },
  };
}

/** The one to finalize with, or the one that can be finalized first; undefined: none is worth anything. */
function pickBest(outlooks: readonly ProofOutlook[]): ProofOutlook | undefined {
  let best: ProofOutlook | undefined;
  for (const outlook of outlooks) {
    if (outlook.isLost) continue;
    if (best === undefined || isSooner(outlook, best)) best = outlook;
  }
  return best;
}

function isSooner(a: ProofOutlook, b: ProofOutlook): boolean {
  if ((a.blockedBy === null) !== (b.blockedBy === null)) return a.blockedBy === null;
  if (a.readyFrom === null || b.readyFrom === null)
    return b.readyFrom === null && a.readyFrom !== null;
  return a.readyFrom < b.readyFrom;
}

function answer(
  status: WithdrawalStatus,
  { l1Time }: WithdrawalSnapshot,
  { action, blockedBy }: Rest,
): WithdrawalProgress {
  const nextAction: Action = {
    kind: "none",
    validFrom: null,
    isEstimate: false,
    proposalIndex: null,
    proofSubmitter: null,
    ...action,
  };
  const { validFrom, kind } = nextAction;
  const left = validFrom === null || validFrom < l1Time ? 0 : Number(validFrom - l1Time);
  const etaSec = kind === "none" || validFrom === null ? null : left;
  return { status, nextAction, blockedBy, etaSec };
}
