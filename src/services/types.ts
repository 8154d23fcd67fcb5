import type { L1BlockRef, L2BlockRef, RollupConfig } from "../protocol/types.js";
import type { Hash } from "../util/hex.js";

/** Outcome of one bounded unit of work of a role. `idle`: nothing to do now. */
export type StepResult = { status: "progress" | "idle" | "waiting"; detail?: string };

/** A role: `start` and `stop` are idempotent; `step` is one bounded unit of work that tests call without sleeping. */
export interface Role {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  step(): Promise<StepResult>;
  /** Empty when ready; else one sentence per reason. */
  readinessProblems(): string[];
  /** The one of `readinessProblems` for which it has stopped for good. */
  readonly criticalProblem?: string | undefined;
}

/** Heads of both chains as this node sees them; the answer of optimism_syncStatus. */
export interface SyncStatus {
  currentL1: L1BlockRef;
  headL1: L1BlockRef;
  safeL1: L1BlockRef;
  finalizedL1: L1BlockRef;
  unsafeL2: L2BlockRef;
  safeL2: L2BlockRef;
  finalizedL2: L2BlockRef;
  /** Newest confirmed proposal's block, null before the first. */
  undisputedL2: L2BlockRef | null;
}

/** An output root with what it is made of; the answer of optimism_outputAtBlock. */
export interface OutputAtBlock {
  version: Hash;
  outputRoot: Hash;
  blockRef: L2BlockRef;
  withdrawalStorageRoot: Hash;
  stateRoot: Hash;
  syncStatus: SyncStatus;
}

/** What the gateway asks the rollup node. Errors: NODE_UNKNOWN_BLOCK, NODE_NO_SAFE_HEAD. */
export interface RollupNodeView {
  readonly rollupConfig: RollupConfig;
  syncStatus(): Promise<SyncStatus>;
  outputAtBlock(number: bigint): Promise<OutputAtBlock>;
  safeHeadAtL1Block(
    l1Number: bigint,
  ): Promise<{ l1Block: { hash: Hash; number: bigint }; safeHead: { hash: Hash; number: bigint } }>;
  /** Transaction hash on L2 of a deposit whose viem hash (domain 0) is not the one it was included under. */
  resolveDepositAlias(hash: Hash): Hash | undefined;
}

/** Verdict of the node on a proposal. */
export interface ProposalVerdict {
  index: bigint;
  l2BlockNumber: bigint;
  rootClaim: Hash;
  verdict: "agree" | "disagree" | "unknown";
  /** Our root, when it differs. */
  expectedRoot: Hash | null;
}
