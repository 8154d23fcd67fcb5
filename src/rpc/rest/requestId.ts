import type { RequestHandler } from "express";
import type { Logger } from "../../telemetry/logger.js";
import { runWithTrace, traceIdOf } from "../../telemetry/trace.js";

const MAX_PATH_CHARS = 256;

/**
 * Gives every request an id: the caller's own if it is harmless in logs, else a new one. It goes back in Request-Id, and all log
 * lines that the request leads to carry it, first of all the one about its end.
 */
export function requestId(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const id = traceIdOf(request.headers);
    response.locals.requestId = id;
    response.setHeader("request-id", id);
    const { method } = request;
    const path = request.originalUrl.split("?")[0]?.slice(0, MAX_PATH_CHARS);
    runWithTrace(id, () => {
      response.once("finish", () => {
        // Listeners run in the context of the socket.
        runWithTrace(id, () => logger.debug({ method, path, status: response.statusCode }, "REST"));
      });
      next();
    });
  };
}
