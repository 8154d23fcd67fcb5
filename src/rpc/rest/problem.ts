import type { Response } from "express";

/** An error answer of the REST side. Source: RFC 9457 */
export interface Problem {
  status: number;
  /** Stable name for programs, for example "route-unknown". */
  code: string;
  title: string;
  detail?: string;
}

/** Sends a problem as application/problem+json. */
export function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .type("application/problem+json")
    .json({
      type: `/problems/${problem.code}`,
      title: problem.title,
      status: problem.status,
      ...(problem.detail === undefined ? {} : { detail: problem.detail }),
      instance: response.req.path.slice(0, 256),
      code: problem.code,
    });
}
