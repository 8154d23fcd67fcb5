import { type Clock, systemClock } from "../../util/clock.js";
import { signJwt } from "../../util/jwt.js";
import { EngineError } from "../errors.js";

/** Where an external engine is and how it knows us. */
export interface EngineRpcConfig {
  url: string;
  /** Shapes: 32 bytes. */
  secret: Uint8Array;
  timeoutMs?: number;
  maxResponseBytes?: number;
}

/**
 * Asks an external engine.
 * Errors: ENGINE_REMOTE_UNREACHABLE, ENGINE_REMOTE_REFUSED, ENGINE_REMOTE_BAD_ANSWER, ENGINE_REMOTE_ERROR with data
 * `{ method, rpcCode, rpcMessage, rpcData }` for an error answer.
 */
export interface EngineRpc {
  call(method: string, params: readonly unknown[]): Promise<unknown>;
}

/** Executing a full block may take an engine seconds. */
const TIMEOUT_MS = 60_000;
const MAX_RESPONSE_BYTES = 128 << 20;

/** JSON-RPC over HTTP with a fresh token for each request. It does not try again: whoever asks knows whether that is right. */
export class HttpEngineRpc implements EngineRpc {
  readonly #config: EngineRpcConfig;
  readonly #deps: { clock: Clock; fetch: typeof fetch };
  #lastId = 0;

  constructor(config: EngineRpcConfig, deps: { clock?: Clock; fetch?: typeof fetch } = {}) {
    this.#config = config;
    this.#deps = { clock: systemClock, fetch, ...deps };
  }

  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    const text = await this.#post(JSON.stringify({ jsonrpc: "2.0", id, method, params }), method);
    return readAnswer(text, method);
  }

  async #post(body: string, method: string): Promise<string> {
    const { url, secret, timeoutMs = TIMEOUT_MS } = this.#config;
    const { clock } = this.#deps;
    let response: Response;
    try {
      response = await this.#deps.fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${signJwt(secret, clock.nowMs() / 1_000)}`,
        },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.status === 401 || response.status === 403) {
        const why = (await response.text()).trim().slice(0, 200);
        throw new EngineError("ENGINE_REMOTE_REFUSED", { status: response.status, why });
      }
      return await readLimited(response, this.#config.maxResponseBytes ?? MAX_RESPONSE_BYTES);
    } catch (cause) {
      if (cause instanceof EngineError) throw cause;
      throw new EngineError("ENGINE_REMOTE_UNREACHABLE", { method, why: nameOf(cause) });
    }
  }
}

/** The result in the text of an answer. Errors: ENGINE_REMOTE_BAD_ANSWER, ENGINE_REMOTE_ERROR. */
export function readAnswer(text: string, method: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { method, start: text.slice(0, 80) }, cause);
  }
  if (!isObject(answer)) throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { method });
  if (isObject(answer.error)) {
    const { code, message, data } = answer.error;
    throw new EngineError("ENGINE_REMOTE_ERROR", {
      method,
      rpcCode: Number(code),
      rpcMessage: String(message ?? ""),
      rpcData: data,
    });
  }
  if (!("result" in answer)) throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { method });
  return answer.result;
}

async function readLimited(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { maxBytes });
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The kind of a network error; its message is left out, for it may hold the URL. */
function nameOf(cause: unknown): string {
  if (!isObject(cause)) return "unknown";
  const inner = cause.cause;
  if (isObject(inner) && typeof inner.code === "string") return inner.code;
  return cause.name === "TimeoutError" ? "timeout" : String(cause.name ?? "unknown");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
