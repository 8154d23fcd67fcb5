import { ProposalStatus } from "../proposals/types.js";
import type {
  BlockedReason,
  ProposalFate,
  WithdrawalDelays,
  WithdrawalProgress,
  WithdrawalProofState,
} from "./types.js";

/** What becomes of a proof. Times are L1 times in seconds. */
export interface ProofOutlook {
  proof: WithdrawalProofState;
  isLost: boolean;
  /** Older than the maturity delay. */
  isRipe: boolean;
  /** Null: can be finalized now (or never, if lost). */
  blockedBy: WithdrawalProgress["blockedBy"];
  /** First L1 time at which it can be finalized; null: cannot be told. */
  readyFrom: bigint | null;
  isEstimate: boolean;
}

/** Judges a proof at an L1 time. Source: docs/protocol/proposals.md#withdrawals-on-l1 */
export function judgeProof(
  proof: WithdrawalProofState,
  { l1Time, delays }: { l1Time: bigint; delays: WithdrawalDelays },
): ProofOutlook {
  const ripeFrom = proof.provenAt + BigInt(delays.proofMaturityDelaySeconds) + 1n;
  const isRipe = l1Time >= ripeFrom;
  if (isLost(proof.proposal)) {
    return { proof, isLost: true, isRipe, blockedBy: null, readyFrom: null, isEstimate: false };
  }
  const confirmation = judgeProposal(proof.proposal, l1Time, delays);
  const confirmedFrom = confirmation.from;
  const readyFrom =
    confirmedFrom === null ? null : ripeFrom > confirmedFrom ? ripeFrom : confirmedFrom;
  // What holds it up the longest is what to name.
  const isMaturityLast = confirmedFrom !== null && ripeFrom > confirmedFrom && !isRipe;
  const reason: BlockedReason | null = isMaturityLast
    ? "proof-maturity"
    : (confirmation.blockedBy ?? (isRipe ? null : "proof-maturity"));
  const blockedBy = reason === null ? null : { reason, proposalIndex: proof.proposal.index };
  const isEstimate = confirmation.isEstimate && readyFrom === confirmedFrom;
  return { proof, isLost: false, isRipe, blockedBy, readyFrom, isEstimate };
}

/** True if nothing can be proven against this proposal, or finalized with a proof that was. */
export function isLost(proposal: {
  status: number;
  parentStatus: number;
  hasConfirmedSibling: boolean;
}): boolean {
  if (proposal.status === ProposalStatus.defenderWins) return false;
  return (
    proposal.status === ProposalStatus.challengerWins ||
    proposal.parentStatus === ProposalStatus.challengerWins ||
    proposal.hasConfirmedSibling
  );
}

interface Confirmation {
  /** Null: confirmed (`isGameClaimValid`). */
  blockedBy: BlockedReason | null;
  from: bigint | null;
  isEstimate: boolean;
}

function judgeProposal(
  proposal: ProposalFate,
  l1Time: bigint,
  delays: WithdrawalDelays,
): Confirmation {
  const finality = BigInt(delays.disputeGameFinalityDelaySeconds);
  if (proposal.status === ProposalStatus.defenderWins) {
    const from = proposal.resolvedAt + finality + 1n;
    const blockedBy = l1Time >= from ? null : "finality-delay";
    return { blockedBy, from, isEstimate: false };
  }
  if (proposal.verdict === "disagree") return undecided("proposal-disagrees");
  if (proposal.unresolvedSiblings > 0n) return undecided("sibling-unresolved");
  // Resolved at the earliest when its challenge period is over; its parent's is over by then.
  const dueFrom = proposal.createdAt + BigInt(delays.challengePeriodSeconds) + 1n;
  const isDue = l1Time >= dueFrom;
  const isParentOpen = proposal.parentStatus === ProposalStatus.inProgress;
  const overdue = isParentOpen ? "parent-unresolved" : "resolution-due";
  const resolvedFrom = isDue ? l1Time : dueFrom;
  return {
    blockedBy: isDue ? overdue : "challenge-period",
    from: resolvedFrom + finality + 1n,
    isEstimate: true,
  };
}

function undecided(blockedBy: BlockedReason): Confirmation {
  return { blockedBy, from: null, isEstimate: false };
}
