import type { LoopConfig } from "../loopRole.js";

/** Settings of the proposer. */
export interface ProposerConfig {
  /** Only entries in finalized L1 blocks are claimed; off on the embedded L1, which has no finality worth waiting for. */
  finalizedOnly: boolean;
  loop: LoopConfig;
}

/** Defaults of the proposer on the embedded L1. */
export const defaultProposerConfig: ProposerConfig = {
  finalizedOnly: false,
  loop: { idleMs: 1_000, backoffMs: 1_000, maxBackoffMs: 15_000 },
};
