import { defineErrors } from "../util/errors.js";

/** Everything that the roles throw or stop with. */
export const ServiceError = defineErrors("ServiceError", {
  NODE_UNKNOWN_BLOCK: { severity: "invalid", text: "no such L2 block on the canonical chain" },
  NODE_NO_SAFE_HEAD: {
    severity: "invalid",
    text: "no safe head is known for this L1 block",
    help: "Ask for an L1 block at or after the chain's start block and not above currentL1.",
  },
  NODE_ENGINE_REJECTED: {
    severity: "critical",
    text: "the engine refused a block that follows from L1",
    help: "The engine and the node disagree on the rules; check that both have the same version.",
  },
  NODE_ENGINE_UNAVAILABLE: {
    severity: "temporary",
    text: "the engine could not do what was asked",
  },
  NODE_STORE_INCONSISTENT: {
    severity: "critical",
    text: "the node's store contradicts itself",
    help: "Delete it with `fovea rebuild`; everything is derived from L1 again.",
  },
  NODE_FINALITY_VIOLATION: {
    severity: "critical",
    text: "L1 replaced a block that it had called finalized",
    help: "Reads go on, nothing else. Check the L1 node; if L1 is right, stop the server and run `npx fovea rebuild`.",
  },
  NODE_CONTRADICTS_CONFIRMED: {
    severity: "critical",
    text: "a finalized L2 block contradicts a confirmed proposal",
    help: "Reads go on, nothing else. Either this node or the proposal's confirmation is wrong.",
  },
  MACHINE_DIFFERS: {
    severity: "critical",
    text: "the step machine makes another block than the engine",
    help: "Nothing may be proposed: a proof would be of another chain. Report the block number and both hashes.",
  },
  PROVER_NOT_DERIVED: {
    severity: "temporary",
    text: "the L2 block does not come from an entry of the feed yet",
    help: "A step is proven once the block's batch is on L1 and the node has read it.",
  },
  PROVER_NO_STEP: {
    severity: "invalid",
    text: "the L2 block has fewer steps; `steps` says how many",
    help: "Positions count from 0, the boundary that begins the block.",
  },
  PROVER_BUSY: {
    severity: "temporary",
    text: "too many steps are waiting to be proven",
  },
  MACHINE_THREAD_ENDED: {
    severity: "temporary",
    text: "the step machine's thread ended in the middle of an entry",
  },
  NODE_L1_LAGS: {
    severity: "temporary",
    text: "the L1 node answered with an older head than before",
  },
  INDEX_CURSOR_REORGED: {
    severity: "invalid",
    text: "the row that the page starts after is gone",
    help: "A reorg took it back: read the list from its start again.",
  },
  SEQUENCER_BLOCK_TOO_LARGE: {
    severity: "critical",
    text: "a block without pool transactions exceeds the batch block limit",
  },
  BATCHER_UNPOSTABLE: {
    severity: "reset",
    text: "the pending blocks cannot follow the feed's tip",
  },
});
