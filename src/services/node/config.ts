import type { LoopConfig } from "../loopRole.js";
import type { FeedSyncConfig } from "./feedSync.js";

/** Settings of the rollup node. */
export interface NodeConfig extends FeedSyncConfig {
  /** Derived blocks given to the engine by one step. */
  blocksPerStep: number;
  /** A head of L1 older than this, in seconds of the wall clock, is reported. */
  staleL1Seconds: number;
  loop: LoopConfig;
}

/** Defaults of the rollup node. */
export const defaultNodeConfig: NodeConfig = {
  entriesPerStep: 16,
  recordsPerStep: 256,
  blocksPerStep: 32,
  staleL1Seconds: 60,
  loop: { idleMs: 500, backoffMs: 500, maxBackoffMs: 10_000 },
};
