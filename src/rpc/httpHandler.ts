import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { runWithTrace, traceIdOf } from "../telemetry/trace.js";
import { hasCode } from "../util/errors.js";
import type { AccessPolicy } from "./accessPolicy.js";
import { type Dispatcher, errorAnswer, type RpcAnswer } from "./dispatcher.js";
import { RpcError } from "./errors.js";
import { readBody } from "./readBody.js";
import type { RpcContext } from "./types.js";

const JSON_TYPE = /^application\/(json|json-rpc|jsonrequest)\s*(;|$)/i;

/** Answers JSON-RPC over POST. */
export function createHttpHandler(deps: {
  dispatcher: Dispatcher;
  context: RpcContext;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { dispatcher, context } = deps;
  const running = new WeakMap<Socket, number>();
  const change = (socket: Socket, by: number): number => {
    const count = (running.get(socket) ?? 0) + by;
    running.set(socket, count);
    return count;
  };
  return async (request, response) => {
    const requestId = traceIdOf(request.headers);
    response.setHeader("request-id", requestId);
    const { socket } = request;
    // Node reads on while earlier requests of the connection are worked on.
    const isTooMany = change(socket, 1) > context.limits.httpConcurrency;
    const answer = isTooMany
      ? errorAnswer(new RpcError("RPC_OVERLOADED"))
      : await runWithTrace(requestId, () => answerTo(request, dispatcher, context));
    change(socket, -1);
    if (isTooMany) request.resume();
    if (response.destroyed) return;
    // What is left of a refused body is not worth reading.
    if (answer.status === 413) response.setHeader("connection", "close");
    if (answer.status === 503 || answer.status === 429) response.setHeader("retry-after", "1");
    if (answer.text === null) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(answer.text),
    });
    // As a string it goes out together with the headers, in one write.
    response.end(answer.text);
  };
}

async function answerTo(
  request: IncomingMessage,
  dispatcher: Dispatcher,
  context: RpcContext,
): Promise<RpcAnswer> {
  try {
    // A page can send other types across origins without asking; programs that are no pages send no Origin.
    if (
      request.headers.origin !== undefined &&
      !JSON_TYPE.test(request.headers["content-type"] ?? "")
    ) {
      throw new RpcError("RPC_MEDIA_TYPE");
    }
    const text = await readBody(request, context.limits.bodyBytes);
    const clientIp = request.socket.remoteAddress;
    return await dispatcher.handle(text, { ...context, clientIp });
  } catch (error) {
    const answer = errorAnswer(error);
    return hasCode(error, "RPC_PARSE_ERROR") ? { ...answer, status: 200 } : answer;
  }
}

/** Sets the CORS headers of an answer; true if the request was a preflight and is done. */
export function handleCors(
  request: IncomingMessage,
  response: ServerResponse,
  policy: AccessPolicy,
): boolean {
  const { origin } = request.headers;
  response.setHeader("vary", "Origin");
  const allowed = origin !== undefined && policy.isOriginAllowed(origin, request.headers.host);
  if (allowed) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "request-id, etag, retry-after");
  }
  if (request.method !== "OPTIONS") return false;
  if (allowed) {
    response.setHeader("access-control-allow-methods", "GET, POST, OPTIONS");
    response.setHeader(
      "access-control-allow-headers",
      "content-type, idempotency-key, if-none-match, last-event-id, request-id",
    );
    response.setHeader("access-control-max-age", "600");
  }
  response.writeHead(allowed || origin === undefined ? 204 : 403).end();
  return true;
}
