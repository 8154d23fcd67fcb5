import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** A request that fits the OpenAPI document. */
export interface RestRequest {
  /** Coerced to the types of the document; numbers come as numbers. */
  params: Record<string, string>;
  /** Coerced, with defaults; parameters that the document does not name never get here. */
  query: Record<string, unknown>;
  /** Undefined for routes without a body. */
  body: unknown;
  requestId: string;
  headers: IncomingHttpHeaders;
  /** Aborted when the client went away. */
  signal: AbortSignal;
}

/** An answer: `body` goes out as JSON, bigints as decimal strings. */
export interface RestReply {
  /** 200 unless given. */
  status?: number;
  body?: unknown;
  /** Instead of `body`: JSON that is written already. */
  json?: Buffer;
  /** Instead of `body`: writes the answer by itself, and may go on after `handle`. */
  stream?: (request: IncomingMessage, response: ServerResponse) => void;
  /** `immutable` only for what no reorg can change. Default `revalidate`: the client asks again, with its ETag. */
  cache?: "immutable" | "revalidate";
}

/** One operation of openapi.yaml. `path` is written as there, relative to /api/v1: "/deposits/{id}". */
export interface RestRoute {
  operationId: string;
  method: "get" | "post";
  path: string;
  /** Media type of the answer; JSON unless given. */
  produces?: string;
  /** Errors: RestProblem for what the caller should know; anything else becomes `internal`, or the problem its code is mapped to. */
  handle(request: RestRequest): Promise<RestReply>;
}
