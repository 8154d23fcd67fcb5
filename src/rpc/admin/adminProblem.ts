import type { Response } from "express";
import { FoveaError } from "../../util/errors.js";

const PROBLEMS = {
  "token-required": [401, "A token is needed", "Send Authorization: Bearer with admin.token."],
  "token-wrong": [401, "Wrong token", "The tokens are in the data directory."],
  "operator-required": [403, "Only for operators", "viewer.token may look and change nothing."],
  "origin-foreign": [403, "Request of a foreign page", "Use the pages of this port."],
  "host-unknown": [403, "Unknown host name", "Use 127.0.0.1 or localhost."],
  "too-many-attempts": [429, "Too many attempts", "Wait a minute."],
  "route-unknown": [404, "No such route", "docs/operations.md lists all routes."],
  "body-malformed": [400, "Malformed body", "Send one JSON object."],
  "body-too-large": [413, "Body too large", "Operator requests are short."],
  "request-malformed": [400, "Malformed request", "Check the URL and the body."],
  "log-level-unknown": [400, "No such log level", "debug, info, warn, error or silent."],
  "idempotency-key-malformed": [400, "Malformed Idempotency-Key", "1 to 128 visible characters."],
  "idempotency-key-reused": [409, "Idempotency-Key of another request", "Use a new key."],
  "role-unknown": [404, "This server does not run this role", "GET /admin/roles lists them."],
  "role-stopped": [409, "The role is stopped", "Start it first."],
  "l1-transaction-unknown": [
    404,
    "No such transaction is pending",
    "GET /admin/l1-transactions lists what is.",
  ],
  "l1-transaction-unchanged": [409, "The transaction was not replaced", "`outcome` tells why."],
  "queue-unavailable": [503, "Redis does not answer", "Jobs run without it; look again soon."],
  internal: [500, "Internal error", "The log has the cause under the request id."],
} as const satisfies Record<string, readonly [number, string, string]>;

/** Name of a problem of the admin port. */
export type AdminProblemCode = keyof typeof PROBLEMS;

/** Thrown by operator routes; becomes application/problem+json. Source: RFC 9457 */
export class AdminProblem extends FoveaError {
  readonly status: number;

  constructor(code: AdminProblemCode, data: Record<string, unknown> = {}) {
    const [status, text, help] = PROBLEMS[code];
    super(code, { severity: status >= 500 ? "temporary" : "invalid", text, help }, data);
    this.name = "AdminProblem";
    this.status = status;
  }
}

/** The answer to a problem: no word about what was asked for, so that a refusal tells nothing. */
export function problemBody(problem: AdminProblem, requestId: unknown): object {
  return {
    ...problem.data,
    type: "about:blank",
    title: problem.message,
    status: problem.status,
    code: problem.code,
    hint: problem.help,
    requestId,
  };
}

/** Sends a problem. */
export function sendAdminProblem(response: Response, problem: AdminProblem): void {
  response
    .status(problem.status)
    .type("application/problem+json")
    .send(JSON.stringify(problemBody(problem, response.locals.requestId)));
}
