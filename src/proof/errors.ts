import { defineErrors } from "../util/errors.js";

/** Errors of the step machine, its witnesses and proof files. */
export const ProofError = defineErrors("ProofError", {
  PROOF_NODE_MISSING: {
    severity: "temporary",
    text: "A trie node that the proof needs was not supplied.",
    help: "Ask an L2 node that still keeps this state; the hash is in the data.",
  },
  PROOF_CODE_MISSING: {
    severity: "temporary",
    text: "Code that the proof needs was not supplied.",
    help: "Ask an L2 node that still keeps this state; the code hash is in the data.",
  },
  PROOF_FEED_MISSING: {
    severity: "temporary",
    text: "An entry, record or L1 header that the proof needs is not known here.",
    help: "Let the node read the feeds on L1 up to this point.",
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
  PROOF_BAD_WITNESS: {
    severity: "invalid",
    text: "The witness of a step is malformed; `place` says where.",
  },
  PROOF_WITNESS_TOO_LARGE: {
    severity: "critical",
    text: "A step needs more than a packed witness can hold.",
  },
  PROOF_ACCESS_CONFLICT: {
    severity: "critical",
    text: "A step opens one part of the state in two ways that a witness cannot show together.",
  },
  PROOF_UNRECORDED: {
    severity: "critical",
    text: "A step changes a part of the state that it does not tell its recorder.",
  },
  PROOF_FILE_NOT_JSON: {
    severity: "invalid",
    text: "The proof file is not JSON.",
  },
  PROOF_FILE_MALFORMED: {
    severity: "invalid",
    text: "The proof file is malformed; `path` says where.",
  },
  PROOF_FILE_VERSION: {
    severity: "invalid",
    text: "The proof file belongs to another version of the machine.",
  },
  PROOF_FILE_INCOMPLETE: {
    severity: "invalid",
    text: "The proof file refers to something that it does not hold; `path` says from where.",
  },
  PROOF_FILE_NO_STEP: {
    severity: "invalid",
    text: "The proof file does not say what this step opens.",
    help: "Make a file with a stride that meets the step.",
  },
  PROOF_FILE_TOO_LARGE: {
    severity: "invalid",
    text: "A proof file does not hold so much.",
    help: "Take fewer steps, or a larger stride.",
  },
});
