import { type Clock, systemClock } from "../util/clock.js";
import { FoveaError } from "../util/errors.js";
import { L1Error } from "./errors.js";

/** One request: a method and its parameters. */
export interface RpcCall {
  method: string;
  params: readonly unknown[];
}

/**
 * Asks an L1 node.
 * Errors: L1_UNREACHABLE, L1_RATE_LIMITED, L1_BAD_RESPONSE (after retries), L1_RPC_ERROR with data
 * `{ method, rpcCode, rpcMessage, rpcData }` for an error answer.
 */
export interface JsonRpc {
  call(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown>;
  /** Answers in the order of `calls`; fails if one of them fails. */
  batch(calls: readonly RpcCall[], signal?: AbortSignal): Promise<unknown[]>;
}

/** Settings of `HttpJsonRpc`. */
export interface HttpJsonRpcConfig {
  url: string;
  timeoutMs?: number;
  /** Tries of one request, the first included. */
  maxAttempts?: number;
  maxBackoffMs?: number;
  maxResponseBytes?: number;
  /** Calls in one HTTP request. */
  maxBatch?: number;
}

/** What varies in tests. */
export interface HttpJsonRpcDeps {
  clock?: Clock;
  fetch?: typeof fetch;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

const FIRST_BACKOFF_MS = 100;
/** Of the words of an error: they are searched and logged, and a node may send any number of them. Units: characters. */
const MAX_MESSAGE = 2_000;

/** JSON-RPC over HTTP with limits: time, size, retries; one rate limit answer slows all callers down. */
export class HttpJsonRpc implements JsonRpc {
  /** The URL without anything that may be a secret. */
  readonly shownUrl: string;
  readonly #url: string;
  readonly #config: Required<HttpJsonRpcConfig>;
  readonly #deps: Required<HttpJsonRpcDeps>;
  #lastId = 0;
  #pausedUntilMs = 0;

  constructor(config: HttpJsonRpcConfig, deps: HttpJsonRpcDeps = {}) {
    this.shownUrl = redactUrl(config.url);
    this.#url = config.url;
    this.#config = {
      timeoutMs: 10_000,
      maxAttempts: 6,
      maxBackoffMs: 30_000,
      maxResponseBytes: 64 << 20,
      maxBatch: 100,
      ...config,
    };
    this.#deps = { clock: systemClock, fetch, random: Math.random, ...deps };
  }

  async call(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    const [answer] = await this.#send([{ method, params }], false, signal);
    return answer;
  }

  async batch(calls: readonly RpcCall[], signal?: AbortSignal): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (let at = 0; at < calls.length; at += this.#config.maxBatch) {
      const part = calls.slice(at, at + this.#config.maxBatch);
      answers.push(...(await this.#send(part, true, signal)));
    }
    return answers;
  }

  async #send(calls: readonly RpcCall[], asBatch: boolean, signal?: AbortSignal) {
    const { clock, random } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      const pauseMs = this.#pausedUntilMs - clock.nowMs();
      if (pauseMs > 0) await clock.sleep(pauseMs, signal);
      if (signal?.aborted)
        throw new L1Error("L1_UNREACHABLE", { url: this.shownUrl, why: "aborted" });
      try {
        return await this.#sendOnce(calls, asBatch, signal);
      } catch (error) {
        if (!(error instanceof FoveaError) || error.code === "L1_RPC_ERROR") throw error;
        if (attempt >= this.#config.maxAttempts || signal?.aborted) throw error;
        const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, this.#config.maxBackoffMs);
        const waitMs = backoffMs * (0.5 + random() / 2);
        if (error.code === "L1_RATE_LIMITED") {
          const askedMs = Math.min(Number(error.data.retryAfterMs ?? 0), this.#config.maxBackoffMs);
          this.#pausedUntilMs = clock.nowMs() + Math.max(askedMs, waitMs);
        } else {
          await clock.sleep(waitMs, signal);
        }
      }
    }
  }

  async #sendOnce(calls: readonly RpcCall[], asBatch: boolean, signal?: AbortSignal) {
    const requests = calls.map((call) => ({
      jsonrpc: "2.0",
      id: ++this.#lastId,
      method: call.method,
      params: call.params,
    }));
    const text = await this.#post(JSON.stringify(asBatch ? requests : requests[0]), signal);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (cause) {
      throw new L1Error("L1_BAD_RESPONSE", { url: this.shownUrl, start: text.slice(0, 80) }, cause);
    }
    const list = Array.isArray(parsed) ? parsed : [parsed];
    const byId = new Map(list.map((item) => [isObject(item) ? item.id : undefined, item]));
    return requests.map(({ id, method }) => {
      // Some nodes answer a whole batch (or a request they cannot parse) with one error without an id.
      const answer = byId.get(id) ?? (list.length === 1 ? list[0] : undefined);
      return this.#readAnswer(method, answer);
    });
  }

  #readAnswer(method: string, answer: unknown): unknown {
    if (!isObject(answer)) throw new L1Error("L1_BAD_RESPONSE", { url: this.shownUrl, method });
    const error = answer.error;
    if (isObject(error)) {
      const rpcCode = Number(error.code);
      const rpcMessage = String(error.message ?? "").slice(0, MAX_MESSAGE);
      const data = { method, rpcCode, rpcMessage, rpcData: error.data };
      const isLimit =
        rpcCode === 429 ||
        (rpcCode === -32005 && !/log|result|range|block/i.test(rpcMessage)) ||
        /rate limit|too many requests|compute units per second/i.test(rpcMessage);
      throw new L1Error(isLimit ? "L1_RATE_LIMITED" : "L1_RPC_ERROR", data);
    }
    if (!("result" in answer)) throw new L1Error("L1_BAD_RESPONSE", { url: this.shownUrl, method });
    return answer.result;
  }

  async #post(body: string, signal?: AbortSignal): Promise<string> {
    const timeout = AbortSignal.timeout(this.#config.timeoutMs);
    const url = this.shownUrl;
    try {
      const response = await this.#deps.fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      if (response.status === 429) {
        await response.body?.cancel();
        const after = readRetryAfterMs(response.headers.get("retry-after"), this.#deps.clock);
        throw new L1Error("L1_RATE_LIMITED", { url, retryAfterMs: after });
      }
      if (response.status >= 500) {
        await response.body?.cancel();
        throw new L1Error("L1_UNREACHABLE", { url, status: response.status });
      }
      return await readLimited(response, this.#config.maxResponseBytes, url);
    } catch (cause) {
      if (cause instanceof FoveaError) throw cause;
      throw new L1Error("L1_UNREACHABLE", { url, why: describeCause(cause) });
    }
  }
}

/** A URL as it may be shown: host and port; user, path and query may hold keys. Errors: L1_BAD_URL. */
export function redactUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new L1Error("L1_BAD_URL");
  }
  if (!/^https?:$/.test(parsed.protocol))
    throw new L1Error("L1_BAD_URL", { scheme: parsed.protocol });
  const hidden = parsed.pathname.length > 1 || parsed.search !== "" ? "/***" : "";
  return `${parsed.protocol}//${parsed.host}${hidden}`;
}

async function readLimited(response: Response, maxBytes: number, url: string): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts).toString("utf8");
    bytes += value.length;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw new L1Error("L1_BAD_RESPONSE", { url, why: "answer too large", maxBytes });
    }
    parts.push(value);
  }
}

/** Seconds or an HTTP date. */
function readRetryAfterMs(value: string | null, clock: Clock): number {
  if (value === null) return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - clock.nowMs();
  return Number.isFinite(ms) && ms > 0 ? ms : 0;
}

/** The kind of a network error; its message is left out, for it may hold the URL. */
function describeCause(cause: unknown): string {
  const { name, cause: inner } = isObject(cause) ? cause : {};
  if (isObject(inner) && typeof inner.code === "string") return inner.code;
  return name === "TimeoutError" ? "timeout" : String(name ?? "unknown");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
