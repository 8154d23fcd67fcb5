import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import type { Clock } from "../util/clock.js";
import { JsonText } from "./encode/jsonText.js";
import { isMapped, toHttpStatus, toJsonRpcError } from "./errorMap.js";
import { RpcError } from "./errors.js";
import { exactIds, isInexact } from "./exactIds.js";
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

/** What stands for the id in the answer, as JSON. */
type IdText = string;

/** Answer to one request. */
interface Answer {
  text: string;
  /** For HTTP: errors such as overload have one of their own. */
  status: number;
  isError: boolean;
}

/** From the text of a request to the text of its answer: parsing, batches, limits, errors. */
export class Dispatcher {
  readonly #methods: ReadonlyMap<string, RpcMethod>;
  readonly #limits: GatewayLimits;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #metrics: Metrics | undefined;
  readonly #rates: RateLimiter;
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
  }

  /** Never throws. */
  async handle(text: string, context: RpcContext): Promise<RpcAnswer> {
    let parsed: unknown;
    try {
      if (isDeeperThan(text, this.#limits.jsonDepth)) {
        throw new RpcError("RPC_INVALID_REQUEST", { reason: "request nests too deeply" });
      }
      parsed = parseJson(text);
      if (Array.isArray(parsed)) return await this.#handleBatch(parsed, text, context);
    } catch (error) {
      return errorAnswer(error);
    }
    const exactId = isInexact(idOf(parsed)) ? exactIds(text)[0] : undefined;
    const id = answerId(parsed, exactId);
    return (await this.#handleOne(parsed, id, context)) ?? { text: null, status: 200 };
  }

  async #handleBatch(items: unknown[], text: string, context: RpcContext): Promise<RpcAnswer> {
    if (items.length === 0) throw new RpcError("RPC_INVALID_REQUEST", { reason: "empty batch" });
    if (items.length > this.#limits.batchItems) {
      throw new RpcError("RPC_INVALID_REQUEST", { reason: "batch too large" });
    }
    const exact = items.some((item) => isInexact(idOf(item))) ? exactIds(text) : [];
    const ids = items.map((item, index) => answerId(item, exact[index]));
    const texts = await this.#runBatch(items, ids, context);
    const answered = texts.filter((text) => text !== null);
    return { text: answered.length === 0 ? null : `[${answered.join(",")}]`, status: 200 };
  }

  /** Runs items side by side, but starts none when the answers so far are too large. */
  async #runBatch(
    items: unknown[],
    ids: readonly IdText[],
    context: RpcContext,
  ): Promise<(string | null)[]> {
    const texts: (string | null)[] = items.map(() => null);
    let next = 0;
    let bytes = 0;
    const worker = async () => {
      for (let index = next++; index < items.length; index = next++) {
        const item = items[index];
        const id = ids[index] ?? "null";
        const full = bytes > this.#limits.responseBytes;
        const answer = full ? tooLarge(item, id) : await this.#handleOne(item, id, context);
        if (answer === null) continue;
        bytes += answer.text.length;
        const isTooLarge = bytes > this.#limits.responseBytes && !answer.isError;
        texts[index] = (isTooLarge ? tooLarge(item, id) : answer)?.text ?? null;
      }
    };
    const workers = Math.min(this.#limits.batchConcurrency, items.length);
    await Promise.all(Array.from({ length: workers }, worker));
    return texts;
  }

  async #handleOne(item: unknown, id: IdText, context: RpcContext): Promise<Answer | null> {
    if (!isValidRequest(item)) {
      const isAllowed = this.#rates.take(context.clientIp, 1);
      const code = isAllowed ? "RPC_INVALID_REQUEST" : "RPC_RATE_LIMITED";
      return errorOf(id, new RpcError(code));
    }
    const { method: name, params } = item;
    const method = this.#methods.get(name);
    const answer = await this.#answer(name, method, params, id, context);
    // A notification is worked on like a request, but nobody hears of it.
    return item.id === undefined ? null : answer;
  }

  async #answer(
    name: string,
    method: RpcMethod | undefined,
    params: unknown,
    id: IdText,
    context: RpcContext,
  ): Promise<Answer> {
    try {
      if (!this.#rates.take(context.clientIp, methodCost(name, method))) {
        throw new RpcError("RPC_RATE_LIMITED");
      }
      if (method === undefined) {
        throw new RpcError("RPC_METHOD_NOT_FOUND", { method: name.slice(0, 64) });
      }
      const result = await this.#run(name, method, params, context);
      const text = resultText(id, result);
      if (text.length <= this.#limits.responseBytes) return { text, status: 200, isError: false };
      return errorOf(id, new RpcError("RPC_RESPONSE_TOO_LARGE"));
    } catch (error) {
      if (!isMapped(error)) this.#logger.error({ error }, "request failed");
      return errorOf(id, error);
    }
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
}

/** The answer that is nothing but an error, for requests that are never looked into. */
export function errorAnswer(error: unknown): RpcAnswer {
  return errorOf("null", error);
}

/** The text of a success; a method without a result answers null. */
function resultText(id: IdText, result: unknown): string {
  const body = result instanceof JsonText ? result.text : JSON.stringify(result ?? null);
  return `{"jsonrpc":"2.0","id":${id},"result":${body}}`;
}

function errorOf(id: IdText, error: unknown): Answer {
  const text = `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(toJsonRpcError(error))}}`;
  return { text, status: toHttpStatus(error), isError: true };
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

/**
 * What the answer says as id: that of the request, also of one that is wrong otherwise, so that its sender can tell which one; else
 * null. A number that JavaScript would round is said as it was written.
 */
function answerId(item: unknown, exactId: string | undefined): IdText {
  const id = idOf(item);
  if (exactId !== undefined && isInexact(id)) return exactId;
  return isId(id) ? JSON.stringify(id) : "null";
}

function idOf(item: unknown): unknown {
  if (typeof item !== "object" || item === null || !Object.hasOwn(item, "id")) return undefined;
  return (item as { id: unknown }).id;
}

function tooLarge(item: unknown, id: IdText): Answer | null {
  if (isValidRequest(item) && item.id === undefined) return null;
  return errorOf(id, new RpcError("RPC_RESPONSE_TOO_LARGE"));
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
