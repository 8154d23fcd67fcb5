import { defineErrors } from "../util/errors.js";

/** Errors of the engine room (the pool has its own). */
export const EngineError = defineErrors("EngineError", {
  ENGINE_UNKNOWN_PAYLOAD: { severity: "invalid", text: "No payload with this id." },
  ENGINE_BAD_FORKCHOICE: {
    severity: "invalid",
    text: "The safe or finalized block is not an ancestor of the head.",
  },
  ENGINE_BAD_ATTRIBUTES: { severity: "invalid", text: "The payload attributes are not valid." },
  ENGINE_UNKNOWN_BLOCK: { severity: "invalid", text: "No such block." },
  ENGINE_CALL_INVALID: { severity: "invalid", text: "The call is not a valid message." },
  ENGINE_CALL_FAILED: { severity: "invalid", text: "Execution failed." },
  ENGINE_CALL_TIMEOUT: { severity: "invalid", text: "Execution took too long and was stopped." },
  ENGINE_CALL_BUSY: { severity: "temporary", text: "Too many calls are running; try again." },
  ENGINE_THREAD_ENDED: {
    severity: "temporary",
    text: "The thread that ran the call ended; try again.",
  },
  ENGINE_TRACER_INVALID: { severity: "invalid", text: "There is no such tracer, or not so." },
  ENGINE_NOT_TRACEABLE: { severity: "invalid", text: "This cannot be executed again." },
  ENGINE_TRACE_TOO_LARGE: {
    severity: "invalid",
    text: "The trace is larger than an answer may be.",
  },
  ENGINE_NO_ADDRESS_INDEX: {
    severity: "invalid",
    text: "This database has no index of addresses: it was made by an older version.",
    help: "Have it made again: npx fovea rebuild, or init and import.",
  },
  ENGINE_BAD_ENCODING: { severity: "invalid", text: "The bytes are not canonical RLP." },
  ENGINE_INVALID_TRANSACTION: {
    severity: "invalid",
    text: "The transaction is not valid in its place.",
  },
  ENGINE_INVALID_BLOCK: { severity: "invalid", text: "The block is not valid." },
  ENGINE_OTHER_GENESIS: {
    severity: "critical",
    text: "The data directory holds another chain.",
    help: "Use the data directory of this chain, or an empty one.",
  },
  ENGINE_STATE_MISSING: {
    severity: "critical",
    text: "A part of the state is missing from the database.",
    help: "Move the data directory away; the node rebuilds it from L1.",
  },
  ENGINE_BAD_WITNESS: {
    severity: "invalid",
    text: "A part of the witness does not have the hash it is filed under.",
  },
  ENGINE_UNSUPPORTED: {
    severity: "critical",
    text: "The state of a running block cannot do this.",
  },
  ENGINE_BAD_WIRE: {
    severity: "invalid",
    text: "A value of the Engine API is missing, superfluous or malformed.",
  },
  ENGINE_REMOTE_UNREACHABLE: {
    severity: "temporary",
    text: "The external engine does not answer.",
    help: "Start it, or correct --engine-url.",
  },
  ENGINE_REMOTE_REFUSED: {
    severity: "temporary",
    text: "The external engine refuses the token.",
    help: "Give both sides the same secret (--engine-jwt) and the same time of day.",
  },
  ENGINE_REMOTE_ERROR: { severity: "temporary", text: "The external engine answers an error." },
  ENGINE_REMOTE_BAD_ANSWER: {
    severity: "temporary",
    text: "The external engine's answer makes no sense.",
  },
  ENGINE_CLOSED: { severity: "critical", text: "The engine is closed." },
});
