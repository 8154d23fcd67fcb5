import { type ErrorRequestHandler, Router } from "express";
import type { Logger } from "../../telemetry/logger.js";
import { createApiRouter, type RestLimits, toRestProblem } from "./apiRouter.js";
import { createDocsRouter } from "./docsPages.js";
import { API_BASE } from "./openApi.js";
import { requestId } from "./requestId.js";
import { type RestDeps, restRoutes } from "./routes.js";
import { sendProblem } from "./sendProblem.js";

/** What the router needs besides what routes read. */
export interface RouterDeps {
  rest: RestDeps;
  limits: RestLimits;
  clientVersion: string;
  logger: Logger;
}

/** All HTTP routes of the public port but JSON-RPC. */
export function createRestRouter(deps: RouterDeps): Router {
  const router = Router();
  router.use(requestId(deps.logger));
  router.get("/", (_request, response) => {
    response.json({
      name: deps.clientVersion,
      rpc: "POST /",
      api: "/api/v1/contracts",
      ready: "/readyz",
    });
  });
  router.get("/healthz", (_request, response) => {
    response.json({ status: "alive", uptimeSec: Math.floor(process.uptime()) });
  });
  router.get("/readyz", (_request, response) => {
    const reasons = deps.rest.health.reasons();
    const ready = reasons.length === 0;
    response.status(ready ? 200 : 503).json({ ready, reasons });
  });
  router.use(createDocsRouter());
  router.use(API_BASE, createApiRouter(restRoutes(deps.rest), deps.limits));
  router.use((request, response) => {
    sendProblem(request, response, "route-unknown");
  });
  router.use(handleFailure(deps.logger));
  return router;
}

/** Nothing about the inside leaves the server; the log has it under the request id. */
function handleFailure(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = toRestProblem(error);
    if (problem) {
      const allow = (error as { headers?: { Allow?: string } }).headers?.Allow;
      if (problem.status === 405 && allow !== undefined) response.setHeader("allow", allow);
      if (problem.status === 413) response.setHeader("connection", "close");
      return sendProblem(request, response, problem.code as never, problem.details);
    }
    if ((error as { status?: unknown }).status === 400) {
      // Express found the URL itself malformed.
      return sendProblem(request, response, "request-malformed");
    }
    logger.error(
      { error, path: request.path.slice(0, 256), requestId: response.locals.requestId },
      "route failed",
    );
    sendProblem(request, response, "internal");
  };
}
