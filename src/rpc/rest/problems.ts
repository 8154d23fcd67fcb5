import { FoveaError } from "../../util/errors.js";

/** One row of the catalogue. */
export interface ProblemEntry {
  readonly status: number;
  readonly title: string;
  /** What the reader can do about it. */
  readonly hint: string;
}

const entry = (status: number, title: string, hint: string): ProblemEntry => ({
  status,
  title,
  hint,
});

/** Every problem that a REST route can answer. The code is part of the interface: it never changes its meaning. */
export const PROBLEMS = {
  // The request itself.
  "request-malformed": entry(400, "Malformed request", "Check the URL and its escapes."),
  "json-malformed": entry(400, "Malformed JSON", "Send one JSON value in UTF-8."),
  "json-too-deep": entry(400, "JSON nested too deeply", "Send the value with fewer levels."),
  "validation-failed": entry(
    400,
    "Request does not fit the API description",
    "errors[] names each place; /docs shows what is expected there.",
  ),
  "cursor-malformed": entry(
    400,
    "Malformed cursor",
    "Use nextCursor as it was given, with the same filters, or leave it out to start anew.",
  ),
  "cursor-reorged": entry(
    409,
    "The list has changed below the cursor",
    "A reorg took back what the cursor stood on: start again without a cursor.",
  ),
  "host-unknown": entry(
    403,
    "Unknown host name",
    "Start the server with this name in --vhosts if it is meant to answer to it.",
  ),
  "route-unknown": entry(404, "No such route", "/docs lists all routes."),
  "method-not-allowed": entry(405, "Method not allowed", "The Allow header names the methods."),
  "not-acceptable": entry(406, "Not acceptable", "Accept application/json."),
  "payload-too-large": entry(413, "Body too large", "GET /api/v1/limits tells the largest body."),
  "unsupported-media-type": entry(
    415,
    "Unsupported media type",
    "Send application/json, not compressed.",
  ),

  // Things that are not there.
  "block-unknown": entry(404, "Unknown block", "It may have been reorged, or is not made yet."),
  "l1-block-unknown": entry(404, "Unknown L1 block", "It is before the chain's start on L1."),
  "entry-unknown": entry(404, "No such feed entry", "GET /api/v1/feeds tells the lengths."),
  "batch-unknown": entry(404, "No such batch", "GET /api/v1/batches lists them."),
  "transaction-unknown": entry(
    404,
    "Unknown transaction",
    "Neither the chain nor the pool has it: check the hash, or send it again.",
  ),
  "deposit-unknown": entry(
    404,
    "No such deposit",
    "Give an index, an L2 hash, or the hash of its L1 transaction; a new one is listed when its L1 block is read.",
  ),

  "withdrawal-unknown": entry(
    404,
    "No such withdrawal",
    "Give a withdrawal hash, or the hash of an L2 transaction that initiated one; a new one is listed when its L2 block is.",
  ),
  "proposal-invalid": entry(
    410,
    "Nothing can be proven against this proposal",
    "Leave out `proposal`: the best usable one is taken.",
  ),
  "step-unknown": entry(404, "No such step", "The detail says how many steps the block has."),
  "proposal-unknown": entry(404, "No such proposal", "GET /api/v1/proposals lists them."),

  // What a prepared transaction would run into.
  "not-proposed-yet": entry(
    409,
    "No proposal covers it yet",
    "Ask again at validFrom: a proposal is made soon after each claim period.",
  ),
  "not-proven-yet": entry(409, "Not proven yet", "Prove the withdrawal first."),
  "proof-not-mature": entry(409, "The proof has not ripened", "Finalize at validFrom or later."),
  "challenge-period-active": entry(
    409,
    "The proposal is not confirmed yet",
    "Finalize at validFrom or later; blockedBy says what it waits for.",
  ),
  "proof-invalidated": entry(
    409,
    "The proof rests on a lost proposal",
    "Prove the withdrawal again.",
  ),
  "already-finalized": entry(409, "Finalized already", "Nothing is left to do."),
  "not-replayable": entry(
    409,
    "There is nothing to replay",
    "Only messages whose call failed on L1 can be replayed.",
  ),
  "claim-not-due": entry(
    409,
    "Nothing to propose now",
    "Ask again at validFrom, when the claim period is over.",
  ),
  "claim-impossible": entry(409, "This account cannot propose", "The detail says why."),
  "stake-missing": entry(409, "No stake", "This account has no stake."),
  "stake-locked": entry(409, "The stake is in use", "It is free at validFrom."),
  "stake-lost": entry(409, "The stake is lost", "It stood on a lost proposal; nobody can take it."),
  "gas-limit-out-of-range": entry(
    422,
    "Gas limit out of range",
    "The answer names the smallest and the largest.",
  ),
  "data-too-large": entry(422, "Data too large", "A deposit carries at most 120,000 bytes."),
  "target-refused": entry(
    422,
    "Target refused",
    "Withdrawals to the system's own contracts can never be proven; choose another target.",
  ),
  "creation-with-recipient": entry(
    422,
    "A creation has no recipient",
    "Leave out `to`, or set isCreation to false.",
  ),

  // Not now.
  "not-derived-yet": entry(425, "Not derived yet", "Ask again when the node has caught up."),
  "state-missing": entry(
    503,
    "This server lacks a part of the state",
    "The detail names its hash; ask a server that still has it.",
  ),
  "rate-limited": entry(429, "Too many requests", "Wait for the time in Retry-After."),
  "l1-unavailable": entry(503, "L1 does not answer", "The server retries; ask again soon."),
  syncing: entry(503, "The server is catching up", "GET /api/v1/sync tells how far it is."),
  overloaded: entry(503, "Too many requests at once", "Ask again after Retry-After."),
  "part-not-running": entry(
    503,
    "This server does not run the part that answers this",
    "Ask a server that runs it; GET /api/v1/status lists the roles.",
  ),
  internal: entry(
    500,
    "Internal error",
    "The server's log has the cause under the request id; please report it.",
  ),
} as const satisfies Record<string, ProblemEntry>;

/** Name of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** One place of a request that does not fit. */
export interface ProblemPlace {
  /** JSON Pointer into the request: "/query/limit", "/body/from". */
  pointer: string;
  message: string;
}

/** What is particular to one occurrence. Other members go into the answer as they are (bigints as decimal strings). */
export interface ProblemDetails {
  detail?: string;
  retryAfterSec?: number;
  errors?: ProblemPlace[];
  [extension: string]: unknown;
}

/** Thrown by routes; becomes application/problem+json. Source: RFC 9457 */
export class RestProblem extends FoveaError {
  readonly status: number;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}, cause?: unknown) {
    const { status, title, hint } = PROBLEMS[code];
    const severity = status >= 500 ? "temporary" : "invalid";
    super(code, { severity, text: details.detail ?? title, help: hint }, details, cause);
    this.name = "RestProblem";
    this.status = status;
    this.details = details;
  }
}
