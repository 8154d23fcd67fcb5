import type { LoopConfig } from "../loopRole.js";

/** Settings of the sequencer. */
export interface SequencerConfig {
  blockTimeSeconds: number;
  /** Origins are taken this many blocks below L1's head. */
  l1Confirmations: number;
  /** Blocks it may be behind before it takes one with a larger dt instead of many. */
  maxBlocksBehind: number;
  loop: LoopConfig;
}

/** Defaults of the sequencer on the embedded L1. */
export const defaultSequencerConfig: SequencerConfig = {
  blockTimeSeconds: 2,
  l1Confirmations: 0,
  maxBlocksBehind: 10,
  loop: { idleMs: 50, backoffMs: 200, maxBackoffMs: 4_000 },
};
