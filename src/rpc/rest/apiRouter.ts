import { createHash } from "node:crypto";
import { type Request, type RequestHandler, type Response, Router } from "express";
import * as OpenApiValidator from "express-openapi-validator";
import { FoveaError } from "../../util/errors.js";
import { API_BASE, loadOpenApi } from "./openApi.js";
import { assertPlainNumbers } from "./plainNumbers.js";
import { RestProblem } from "./problems.js";
import { type Matched, quickLookup } from "./quickLookup.js";
import { readJsonBody } from "./readJsonBody.js";
import type { RestReply, RestRoute } from "./route.js";
import { toJson } from "./toJson.js";

/** Limits of a REST request. */
export interface RestLimits {
  bodyBytes: number;
  jsonDepth: number;
}

const CACHE_CONTROL = {
  immutable: "public, max-age=31536000, immutable",
  revalidate: "no-cache",
} as const;

/** Everything below /api/v1: the validator made from openapi.yaml, then the route it names. */
export function createApiRouter(routes: RestRoute[], limits: RestLimits): RequestHandler {
  const table = new Map(
    routes.map((route) => [`${route.method} ${API_BASE}${route.path}`, route] as const),
  );
  const router = Router();
  router.use((request, response, next) => {
    response.setHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    response.setHeader("referrer-policy", "no-referrer");
    // Node leaves out the body of an answer to HEAD by itself.
    if (request.method === "HEAD") request.method = "GET";
    next();
  });
  router.use((request, _response, next) => {
    readJsonBody(request, limits).then(() => next(), next);
  });
  router.use(createValidator());
  router.use((request, response, next) => {
    runRoute(table, request, response).catch(next);
  });
  return router;
}

/** Checks requests against the document. */
function createValidator(): RequestHandler[] {
  const steps = OpenApiValidator.middleware({
    apiSpec: loadOpenApi() as never,
    // The tests validate the document.
    validateApiSpec: false,
    validateSecurity: false,
    validateResponses: false,
    validateRequests: { allowUnknownQueryParameters: false, coerceTypes: true },
    fileUploader: false,
  }) as unknown as RequestHandler[];
  return steps.map((step) =>
    step.name === "metadataMiddleware" ? quickLookup(loadOpenApi(), step) : step,
  );
}

async function runRoute(
  table: ReadonlyMap<string, RestRoute>,
  request: Request,
  response: Response,
): Promise<void> {
  const matched = (request as Request & { openapi?: Matched }).openapi;
  const route = matched && table.get(`${request.method.toLowerCase()} ${matched.openApiRoute}`);
  if (!matched || !route) throw new RestProblem("route-unknown");
  if (!request.accepts([route.produces ?? "application/json"])) {
    throw new RestProblem("not-acceptable");
  }
  assertPlainNumbers(request.originalUrl, { params: matched.pathParams, query: request.query });
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const reply = await route.handle({
    params: matched.pathParams,
    query: request.query,
    body: request.body,
    requestId: String(response.locals.requestId),
    headers: request.headers,
    signal: gone.signal,
  });
  if (reply.stream) reply.stream(request, response);
  else if (!response.headersSent) sendReply(request, response, reply);
}

function sendReply(request: Request, response: Response, reply: RestReply): void {
  const body = reply.json ?? Buffer.from(toJson(reply.body));
  const status = reply.status ?? 200;
  response.status(status).type("application/json");
  if (request.method !== "GET" || status !== 200) {
    response.setHeader("cache-control", "no-store");
    response.send(body);
    return;
  }
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  response.setHeader("etag", etag);
  response.setHeader("cache-control", CACHE_CONTROL[reply.cache ?? "revalidate"]);
  if (hasEtag(request.headers["if-none-match"], etag)) response.status(304).end();
  else response.send(body);
}

function hasEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}

/** A failure of the validator as a problem; undefined for what is none of its own. */
export function toRestProblem(error: unknown): RestProblem | undefined {
  if (error instanceof RestProblem) return error;
  if (error instanceof FoveaError) return fromRoom(error);
  if (!(error instanceof Error) || !("status" in error)) return undefined;
  switch (error.status) {
    case 400:
      if (error.message.startsWith("malformed uri")) {
        return new RestProblem("request-malformed", {}, error);
      }
      return validationFailed(error);
    case 404:
      return new RestProblem("route-unknown", {}, error);
    case 405:
      return new RestProblem("method-not-allowed", {}, error);
    case 406:
      return new RestProblem("not-acceptable", {}, error);
    case 413:
      return new RestProblem("payload-too-large", {}, error);
    case 415:
      return new RestProblem("unsupported-media-type", {}, error);
    default:
      return undefined;
  }
}

/** Errors of other rooms that are nobody's bug. */
function fromRoom(error: FoveaError): RestProblem | undefined {
  if (
    /^L1_(UNREACHABLE|RATE_LIMITED|LIED|REORGED|BLOCK_MISSING|BAD_RESPONSE|RPC_ERROR)$/.test(
      error.code,
    )
  ) {
    return new RestProblem("l1-unavailable", { retryAfterSec: 2 }, error);
  }
  if (error.code === "NODE_UNKNOWN_BLOCK" || error.code === "ENGINE_UNKNOWN_BLOCK") {
    return new RestProblem("block-unknown", {}, error);
  }
  if (error.code === "INDEX_CURSOR_REORGED") return new RestProblem("cursor-reorged", {}, error);
  if (error.code === "ENGINE_CALL_BUSY") {
    return new RestProblem("overloaded", { retryAfterSec: 1 }, error);
  }
  if (error.code === "NODE_NO_SAFE_HEAD") return new RestProblem("not-derived-yet", {}, error);
  return undefined;
}

function validationFailed(error: Error): RestProblem {
  const errors = placesOf(error);
  const detail = errors[0] && `${errors[0].pointer}: ${errors[0].message}`;
  return new RestProblem("validation-failed", { errors, ...(detail ? { detail } : {}) }, error);
}

const MAX_PLACES = 16;
const MAX_MESSAGE_CHARS = 200;

function placesOf(error: Error): { pointer: string; message: string }[] {
  const found = "errors" in error && Array.isArray(error.errors) ? error.errors : [];
  return found.slice(0, MAX_PLACES).map((item: { path?: unknown; message?: unknown }) => ({
    pointer: String(item.path ?? "").slice(0, MAX_MESSAGE_CHARS),
    message: String(item.message ?? "does not fit").slice(0, MAX_MESSAGE_CHARS),
  }));
}
