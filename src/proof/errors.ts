import { defineErrors } from "../util/errors.js";

/** Errors of the step machine, its witnesses and proof files. */
export const ProofError = defineErrors("ProofError", {
  PROOF_NODE_MISSING: {
    severity: "temporary",
    text: "A trie node that the proof needs was not supplied.",
    help: "Ask an L2 node that still keeps this state; the hash is in the data.",
  },
  PROOF_BAD_NODE: {
    severity: "invalid",
    text: "Bytes supplied as a trie node are not the canonical node with this hash.",
  },
  PROOF_BAD_KEY: {
    severity: "critical",
    text: "The key ends inside the path of another one; all keys of a trie have the same length.",
  },
  PROOF_OUT_OF_RANGE: {
    severity: "critical",
    text: "A step reads or writes beyond the end of a byte string of the state.",
  },
  PROOF_NO_FRAME: {
    severity: "critical",
    text: "A step of a running call, and no call is running.",
  },
  PROOF_NO_WORLD: {
    severity: "critical",
    text: "A step reads an account between two blocks, where the machine has no accounts.",
  },
  PROOF_NO_SNAPSHOT: {
    severity: "critical",
    text: "A frame is to be pushed, and no step has kept what it goes back to.",
  },
  PROOF_NO_MODE: {
    severity: "critical",
    text: "The state is in a mode that this machine does not have.",
  },
});
