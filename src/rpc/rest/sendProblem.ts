import type { Request, Response } from "express";
import { PROBLEMS, type ProblemCode, type ProblemDetails } from "./problems.js";
import { toJson } from "./toJson.js";

/** Sends a problem as application/problem+json. Source: RFC 9457 */
export function sendProblem(
  request: Request,
  response: Response,
  code: ProblemCode,
  details: ProblemDetails = {},
): void {
  const { status, title, hint } = PROBLEMS[code];
  const { detail, errors, retryAfterSec, ...extensions } = details;
  if (retryAfterSec !== undefined) response.setHeader("retry-after", String(retryAfterSec));
  response
    .status(status)
    .setHeader("cache-control", "no-store")
    .type("application/problem+json")
    .send(
      toJson({
        ...extensions,
        type: `/problems/${code}`,
        title,
        status,
        detail: detail ?? hint,
        instance: request.originalUrl.split("?")[0]?.slice(0, 256),
        requestId: response.locals.requestId,
        code,
        hint,
        docs: `/problems#${code}`,
        ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
        errors: errors ?? [],
      }),
    );
}
