import { type ErrorRequestHandler, Router } from "express";
import type { Logger } from "../../telemetry/logger.js";
import { sendProblem } from "./problem.js";

/** What the REST routes ask the rest of the server. */
export interface RestDeps {
  /** Chain ids and addresses, as tools are configured with them. */
  contracts(): object;
  /** Empty when ready; else one sentence per reason. */
  readiness(): string[];
  clientVersion: string;
  logger: Logger;
}

/** All REST routes of the public port; /api/v1 grows here. */
export function createRestRouter(deps: RestDeps): Router {
  const router = Router();
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
    const reasons = deps.readiness();
    const ready = reasons.length === 0;
    response.status(ready ? 200 : 503).json({ ready, reasons });
  });
  router.get("/api/v1/contracts", (_request, response) => {
    response.json(deps.contracts());
  });
  router.use((request, response) => {
    sendProblem(response, {
      status: 404,
      code: "route-unknown",
      title: "No such route",
      detail: `${request.method} ${request.path.slice(0, 256)} does not exist.`,
    });
  });
  router.use(handleFailure(deps.logger));
  return router;
}

/** Nothing about the inside leaves the server; the log has it. */
function handleFailure(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = (error as { status?: unknown }).status;
    if (typeof status === "number" && status >= 400 && status < 500) {
      // Express found the URL itself malformed.
      sendProblem(response, { status, code: "request-malformed", title: "Malformed request" });
      return;
    }
    logger.error({ error, path: request.path }, "route failed");
    sendProblem(response, { status: 500, code: "internal", title: "Internal error" });
  };
}
