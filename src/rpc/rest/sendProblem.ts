import type { Request, Response } from "express";
import { PROBLEMS, type ProblemCode, type ProblemDetails } from "./problems.js";
import { toJson } from "./toJson.js";

const MAX_INSTANCE_CHARS = 256;

/** Sends a problem as application/problem+json. Source: RFC 9457 */
export function sendProblem(
  request: Request,
  response: Response,
  code: ProblemCode,
  details: ProblemDetails = {},
): void {
  const { retryAfterSec } = details;
  if (retryAfterSec !== undefined) response.setHeader("retry-after", String(retryAfterSec));
  const place = { url: request.originalUrl, requestId: String(response.locals.requestId) };
  response
    .status(PROBLEMS[code].status)
    .setHeader("cache-control", "no-store")
    .type("application/problem+json")
    .send(problemText(code, place, details));
}

/** The body of a problem as JSON. `url` as it was asked, with or without a query. */
export function problemText(
  code: ProblemCode,
  { url, requestId }: { url: string; requestId: string },
  details: ProblemDetails = {},
): string {
  const { status, title, hint } = PROBLEMS[code];
  const { detail, errors, retryAfterSec, ...extensions } = details;
  return toJson({
    ...extensions,
    type: `/problems/${code}`,
    title,
    status,
    detail: detail ?? hint,
    instance: url.split("?")[0]?.slice(0, MAX_INSTANCE_CHARS),
    requestId,
    code,
    hint,
    docs: `/problems#${code}`,
    ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
    errors: errors ?? [],
  });
}
