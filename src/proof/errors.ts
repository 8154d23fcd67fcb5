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
});
