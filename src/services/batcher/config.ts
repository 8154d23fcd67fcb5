import type { LoopConfig } from "../loopRole.js";

/** Settings of the batcher. */
export interface BatcherConfig {
  /** Time between entries. */
  intervalMs: number;
  /** Pending blocks of this size are posted at once. */
  targetBytes: number;
  /** How far back the feed can look up L1 block hashes: 8191 with EIP-2935, else 256. */
  originHistoryBlocks: bigint;
  loop: LoopConfig;
}

/** Defaults of the batcher on the embedded L1. */
export const defaultBatcherConfig: BatcherConfig = {
  intervalMs: 4_000,
  targetBytes: 60_000,
  originHistoryBlocks: 8_191n,
  loop: { idleMs: 500, backoffMs: 1_000, maxBackoffMs: 15_000 },
};
