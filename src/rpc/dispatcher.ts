import { type JSONRPCErrorResponse, type JSONRPCResponse, JSONRPCServer } from "json-rpc-2.0";
import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import type { Clock } from "../util/clock.js";
import { isMapped, toHttpStatus, toJsonRpcError } from "./errorMap.js";
import { RpcError } from "./errors.js";
import { isDeeperThan } from "./jsonDepth.js";
import type { RpcMethod } from "./method.js";
import { methodCost } from "./methodCost.js";
import { RateLimiter } from "./rateLimiter.js";
import type { GatewayLimits, RpcContext } from "./types.js";

/** What goes back: JSON text, or null when the request held only notifications. */
export interface RpcAnswer {
  text: string | null;
  /** For HTTP; WebSocket ignores it. */
  status: number;
}

type ValidRequest = {
  jsonrpc: "2.0";
  method: string;
  params?: unknown;
  id?: string | number | null;
};

/** From the text of a request to the text of its answer: parsing, batches, limits, errors. */
export class Dispatcher {
  readonly #methods: ReadonlyMap<string, RpcMethod>;
  readonly #limits: GatewayLimits;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #metrics: Metrics | undefined;
  readonly #server: JSONRPCServer<RpcContext>;
  readonly #rates: RateLimiter;
  /** Statuses of answers whose error has one of its own, such as overload. */
  readonly #httpStatus = new WeakMap<JSONRPCResponse, number>();
  #evmCalls = 0;

  constructor(
    limits: GatewayLimits,
    deps: {
      methods: ReadonlyMap<string, RpcMethod>;
      logger: Logger;
      clock: Clock;
      metrics?: Metrics | undefined;
    },
  ) {
    this.#methods = deps.methods;
    this.#limits = limits;
    this.#logger = deps.logger;
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#rates = new RateLimiter(limits, { clock: deps.clock });
    this.#server = this.#createServer();
  }

  /** Never throws. */
  async handle(text: string, context: RpcContext): Promise<RpcAnswer> {
    let parsed: unknown;
    try {
      if (isDeeperThan(text, this.#limits.jsonDepth)) {
        throw new RpcError("RPC_INVALID_REQUEST", { reason: "request nests too deeply" });
      }
      parsed = parseJson(text);
      if (Array.isArray(parsed)) return await this.#handleBatch(parsed, context);
    } catch (error) {
      return errorAnswer(error);
    }
    const response = await this.#handleOne(parsed, context);
    if (response === null) return { text: null, status: 200 };
    const answer = this.#serialize(response);
    return { text: answer, status: this.#httpStatus.get(response) ?? 200 };
  }

  async #handleBatch(items: unknown[], context: RpcContext): Promise<RpcAnswer> {
    if (items.length === 0) throw new RpcError("RPC_INVALID_REQUEST", { reason: "empty batch" });
    if (items.length > this.#limits.batchItems) {
      throw new RpcError("RPC_INVALID_REQUEST", { reason: "batch too large" });
    }
    const texts = await this.#runBatch(items, context);
    const answered = texts.filter((text) => text !== null);
    // A batch of one is answered with a list of one, which json-rpc-2.0 itself would not do.
    return { text: answered.length === 0 ? null : `[${answered.join(",")}]`, status: 200 };
  }

  /** Runs items side by side, but starts none when the answers so far are too large. */
  async #runBatch(items: unknown[], context: RpcContext): Promise<(string | null)[]> {
    const texts: (string | null)[] = items.map(() => null);
    let next = 0;
    let bytes = 0;
    const worker = async () => {
      for (let index = next++; index < items.length; index = next++) {
        const full = bytes > this.#limits.responseBytes;
        const response = full
          ? tooLarge(items[index])
          : await this.#handleOne(items[index], context);
        if (response === null) continue;
        let text = this.#serialize(response);
        bytes += text.length;
        if (bytes > this.#limits.responseBytes && "result" in response) {
          text = JSON.stringify(tooLarge(items[index]));
        }
        texts[index] = text;
      }
    };
    const workers = Math.min(this.#limits.batchConcurrency, items.length);
    await Promise.all(Array.from({ length: workers }, worker));
    return texts;
  }

  async #handleOne(item: unknown, context: RpcContext): Promise<JSONRPCResponse | null> {
    if (!isValidRequest(item)) {
      if (!this.#rates.take(context.clientIp, 1)) return this.#rateLimited(item);
      return errorResponse(echoedId(item), new RpcError("RPC_INVALID_REQUEST"));
    }
    const cost = methodCost(item.method, this.#methods.get(item.method));
    if (!this.#rates.take(context.clientIp, cost)) {
      return item.id === undefined ? null : this.#rateLimited(item);
    }
    return await this.#server.receive(item, context);
  }

  #rateLimited(item: unknown): JSONRPCResponse {
    const error = new RpcError("RPC_RATE_LIMITED");
    const response = errorResponse(echoedId(item), error);
    this.#httpStatus.set(response, toHttpStatus(error));
    return response;
  }

  #createServer(): JSONRPCServer<RpcContext> {
    const server = new JSONRPCServer<RpcContext>({
      errorListener: (_message, error) => {
        if (!isMapped(error)) this.#logger.error({ error }, "request failed");
      },
    });
    server.mapErrorToJSONRPCErrorResponse = (id, error) => {
      const response = errorResponse(id, error);
      this.#httpStatus.set(response, toHttpStatus(error));
      return response;
    };
    for (const [name, method] of this.#methods) {
      server.addMethod(name, async (params, context) => {
        // json-rpc-2.0 leaves an undefined result out of the answer, which must have one.
        return (await this.#run(name, method, params, context)) ?? null;
      });
    }
    server.handleMethodNotFound = async (request) => {
      if (request.id === undefined) return null;
      const method = request.method.slice(0, 64);
      return errorResponse(request.id, new RpcError("RPC_METHOD_NOT_FOUND", { method }));
    };
    return server;
  }

  async #run(
    name: string,
    method: RpcMethod,
    params: unknown,
    context: RpcContext,
  ): Promise<unknown> {
    if (method.usesEvm) {
      if (this.#evmCalls >= this.#limits.evmCalls) throw new RpcError("RPC_OVERLOADED");
      this.#evmCalls++;
    }
    const startedMs = this.#clock.nowMs();
    // The work counts until it is really over, also when its caller has been told that it took too long.
    const work = method.handle(params, context).finally(() => {
      if (method.usesEvm) this.#evmCalls--;
    });
    let code = "ok";
    try {
      return await withTimeout(work, this.#limits.handlerTimeoutMs);
    } catch (error) {
      code = String(toJsonRpcError(error).code);
      throw error;
    } finally {
      const ms = this.#clock.nowMs() - startedMs;
      this.#logger.debug({ method: name, code, ms }, "JSON-RPC");
      this.#measure(name, code, ms / 1_000);
    }
  }

  /** Only known methods come here, so the labels stay few. */
  #measure(method: string, code: string, seconds: number): void {
    this.#metrics
      ?.counter("rpc_requests_total", "JSON-RPC requests by method and error number.", [
        "method",
        "code",
      ])
      .inc({ method, code });
    this.#metrics
      ?.histogram("rpc_seconds", "Time of JSON-RPC requests.", ["method"])
      .observe({ method }, seconds);
  }

  #serialize(response: JSONRPCResponse): string {
    const text = JSON.stringify(response);
    if (text.length <= this.#limits.responseBytes) return text;
    return JSON.stringify(errorResponse(response.id, new RpcError("RPC_RESPONSE_TOO_LARGE")));
  }
}

/** The answer that is nothing but an error, for requests that are never looked into. */
export function errorAnswer(error: unknown): RpcAnswer {
  return { text: JSON.stringify(errorResponse(null, error)), status: toHttpStatus(error) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RpcError("RPC_PARSE_ERROR", {}, cause);
  }
}

function isValidRequest(item: unknown): item is ValidRequest {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return false;
  const { jsonrpc, method, id, params } = item as Record<string, unknown>;
  if (jsonrpc !== "2.0" || typeof method !== "string") return false;
  if (params !== undefined && (typeof params !== "object" || params === null)) {
    // Some clients send null for "none".
    if (params !== null) return false;
  }
  return !Object.hasOwn(item, "id") || isId(id);
}

function isId(id: unknown): id is string | number | null {
  // 1e400 is infinite in JavaScript and could not be sent back.
  return id === null || typeof id === "string" || Number.isFinite(id);
}

/** Id of a request that is wrong otherwise, so that its sender can tell which one. */
function echoedId(item: unknown): string | number | null {
  if (typeof item !== "object" || item === null || !Object.hasOwn(item, "id")) return null;
  const { id } = item as { id: unknown };
  return isId(id) ? id : null;
}

function errorResponse(id: string | number | null, error: unknown): JSONRPCErrorResponse {
  return { jsonrpc: "2.0", id, error: toJsonRpcError(error) };
}

function tooLarge(item: unknown): JSONRPCResponse | null {
  if (isValidRequest(item) && item.id === undefined) return null;
  return errorResponse(echoedId(item), new RpcError("RPC_RESPONSE_TOO_LARGE"));
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RpcError("RPC_TIMEOUT")), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
