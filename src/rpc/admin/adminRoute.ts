import { type Request, type RequestHandler, Router } from "express";
import type { Logger } from "../../telemetry/logger.js";
import { runWithTrace } from "../../telemetry/trace.js";
import { type Actor, isMutation } from "./access.js";
import { AdminProblem, problemBody } from "./adminProblem.js";
import type { AdminReply, Idempotency } from "./idempotency.js";

/** What an operator route gets. */
export interface AdminRequest {
  params: Record<string, string>;
  /** Parsed JSON, undefined without a body. */
  body: unknown;
  requestId: string;
}

/** One operator route. Viewers may only call the `get` ones. */
export interface AdminRoute {
  method: "get" | "post" | "put";
  /** As express writes it: "/admin/keys/:id". */
  path: string;
  /** Errors: AdminProblem. */
  handle(request: AdminRequest): Promise<AdminReply>;
}

/** Puts the routes behind idempotency keys and the audit log. */
export function adminRouter(
  routes: readonly AdminRoute[],
  deps: { idempotency: Idempotency; logger: Logger },
): Router {
  const router = Router();
  for (const route of routes) {
    router[route.method](route.path, async (request, response) => {
      const reply = await answer(route, request, response.locals.requestId as string, deps);
      response
        .status(reply.status ?? 200)
        .type((reply.status ?? 200) >= 400 ? "application/problem+json" : "application/json")
        .send(toText(reply.body));
    });
  }
  return router;
}

async function answer(
  route: AdminRoute,
  request: Request,
  requestId: string,
  deps: { idempotency: Idempotency; logger: Logger },
): Promise<AdminReply> {
  const run = async (): Promise<AdminReply> => {
    const params = request.params as Record<string, string>;
    return route.handle({ params, body: request.body, requestId });
  };
  return runWithTrace(requestId, async () => {
    try {
      if (!isMutation(request.method)) return await run();
      const key = request.headers["idempotency-key"] as string | undefined;
      const same = `${request.method} ${request.path} ${JSON.stringify(request.body ?? null)}`;
      return await deps.idempotency.run(key, same, run);
    } catch (error) {
      if (error instanceof AdminProblem) {
        return { status: error.status, body: problemBody(error, requestId) };
      }
      deps.logger.error({ error, path: request.path }, "operator route failed");
      return { status: 500, body: problemBody(new AdminProblem("internal"), requestId) };
    }
  });
}

/** One log line for each request that may have changed something, with who sent it and what came of it. */
export function audit(logger: Logger): RequestHandler {
  return (request, response, next) => {
    if (isMutation(request.method)) {
      const { requestId } = response.locals;
      const path = request.originalUrl.split("?")[0]?.slice(0, 256);
      response.on("finish", () => {
        const actor = response.locals.actor as Actor | undefined;
        const fields = {
          audit: true,
          actor: actor?.role ?? "nobody",
          via: actor?.via ?? null,
          method: request.method,
          path,
          rpcMethod: response.locals.rpcMethod,
          status: response.statusCode,
          requestId,
        };
        logger.info(fields, response.statusCode < 400 ? "operator action" : "operator refused");
      });
    }
    next();
  };
}

/** JSON with bigints as decimal strings. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? item.toString() : item));
}
