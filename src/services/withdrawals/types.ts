import type { Address } from "../../util/hex.js";
import type { GameNode } from "../indexer/types.js";
import type { ProposalVerdict } from "../types.js";

/** Where a withdrawal stands; the order is that of an undisturbed one. Source: docs/protocol/proposals.md#withdrawals-on-l1 */
export const WITHDRAWAL_STATUSES = [
  /** Its L2 block is not derived from L1 yet. */
  "initiated",
  /** No proposal that it can be proven against. */
  "waitingForProposal",
  "readyToProve",
  /** The proof ripens. */
  "proven",
  /** The proof is ripe, its proposal not yet confirmed. */
  "inChallengePeriod",
  "readyToFinalize",
  "finalized",
  /** Finalized, but its call on L1 failed. Messages through the messenger can be replayed. */
  "failedReplayable",
  /** All its proofs rest on lost proposals. */
  "proofInvalidated",
] as const;

/** Where a withdrawal stands. */
export type WithdrawalStatus = (typeof WITHDRAWAL_STATUSES)[number];

/** A proposal and what its fate depends on, with what this node thinks of it. */
export interface ProposalFate extends GameNode {
  verdict: ProposalVerdict["verdict"];
}

/** A proof that the portal keeps. */
export interface WithdrawalProofState {
  submitter: Address;
  provenAt: bigint;
  proposal: ProposalFate;
}

/** What the call of a finalized withdrawal came to. */
export interface WithdrawalOutcome {
  /** Null: the event is not indexed yet. */
  success: boolean | null;
  /** A message that the messenger keeps for another try. */
  isReplayable: boolean;
}

/** Everything that the status of a withdrawal follows from, read at one L1 block. */
export interface WithdrawalSnapshot {
  /** Time of the L1 head, seconds. */
  l1Time: bigint;
  /** The L2 block is derived from L1. */
  isSafe: boolean;
  /** Null: not finalized. */
  outcome: WithdrawalOutcome | null;
  proofs: readonly WithdrawalProofState[];
  /** The proposal to prove against; null: none yet. */
  usable: { index: bigint; createdAt: bigint } | null;
  /** L1 time at which the claim period that runs now is over; null: unknown. */
  periodEnd: bigint | null;
  delays: WithdrawalDelays;
}

/** Delays of the L1 contracts in seconds. */
export interface WithdrawalDelays {
  challengePeriodSeconds: number;
  proofMaturityDelaySeconds: number;
  disputeGameFinalityDelaySeconds: number;
}

/** What holds a withdrawal up. */
export type BlockedReason =
  | "not-safe-yet"
  | "no-proposal"
  | "proof-maturity"
  | "challenge-period"
  | "parent-unresolved"
  | "resolution-due"
  | "sibling-unresolved"
  | "proposal-disagrees"
  | "finality-delay";

/** Status of a withdrawal and what comes next. */
export interface WithdrawalProgress {
  status: WithdrawalStatus;
  nextAction: {
    kind: "prove" | "finalize" | "replay" | "wait" | "none";
    /** First L1 time at which the action (or, for `wait`, the one after it) can succeed; null: cannot be told. */
    validFrom: bigint | null;
    /** `validFrom` depends on what others do. */
    isEstimate: boolean;
    /** Proposal to prove against. */
    proposalIndex: bigint | null;
    /** Whose proof to finalize with. */
    proofSubmitter: Address | null;
  };
  blockedBy: { reason: BlockedReason; proposalIndex: bigint | null } | null;
  /** Seconds until `validFrom`; null: cannot be told, or nothing is left to do. */
  etaSec: number | null;
}
