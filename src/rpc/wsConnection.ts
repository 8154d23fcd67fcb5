import type { RawData, WebSocket } from "ws";
import type { Logger } from "../telemetry/logger.js";
import type { GatewayLimits } from "./types.js";

const CLOSE_TIMEOUT_MS = 1_000;
const PING_INTERVAL_MS = 30_000;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** One socket: limits how much it may ask at once and how much may wait for it. */
export class WsConnection {
  readonly #socket: WebSocket;
  readonly #limits: GatewayLimits;
  readonly #logger: Logger;
  #running = 0;
  #queued = 0;
  #alive = true;
  #isPongOnItsWay = false;
  /** What the newest ping said that came while a pong was on its way. */
  #latestPing: Buffer | undefined;

  constructor(socket: WebSocket, deps: { limits: GatewayLimits; logger: Logger }) {
    this.#socket = socket;
    this.#limits = deps.limits;
    this.#logger = deps.logger;
  }

  /** Starts to answer; `onClosed` is called once. */
  serve(answer: (text: string) => Promise<string | null>, onClosed: () => void): void {
    const ping = setInterval(() => this.#ping(), PING_INTERVAL_MS);
    ping.unref();
    this.#socket.on("pong", () => {
      this.#alive = true;
    });
    this.#socket.on("ping", (data) => this.#pong(data));
    this.#socket.on("message", (data) => void this.#handle(textOf(data), answer));
    this.#socket.on("error", (error) => this.#logger.debug({ error }, "socket failed"));
    this.#socket.once("close", () => {
      clearInterval(ping);
      onClosed();
    });
  }

  /** Queues a message; a reader that is too slow is closed with 1013. */
  send(message: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { wsQueueItems, wsQueueBytes } = this.#limits;
    if (this.#queued >= wsQueueItems || this.#socket.bufferedAmount > wsQueueBytes) {
      this.#logger.info({ queued: this.#queued }, "slow reader closed");
      void this.close(1013, "too slow");
      return;
    }
    this.#queued++;
    this.#socket.send(message, () => {
      this.#queued--;
    });
  }

  /** Resolves when the socket is gone. */
  close(code: number, reason: string): Promise<void> {
    if (this.#socket.readyState === this.#socket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
      this.#socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#socket.close(code, reason);
    });
  }

  async #handle(text: string, answer: (text: string) => Promise<string | null>): Promise<void> {
    this.#running++;
    if (this.#running >= this.#limits.wsConcurrency) this.#socket.pause();
    const response = await answer(text);
    if (response !== null) this.send(response);
    this.#running--;
    if (this.#running < this.#limits.wsConcurrency && this.#socket.isPaused) this.#socket.resume();
  }

  /** One pong at a time; of the pings that come meanwhile only the newest is answered (RFC 6455, 5.5.3). */
  #pong(data: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#isPongOnItsWay) {
      this.#latestPing = data;
      return;
    }
    this.#isPongOnItsWay = true;
    this.#socket.pong(data, false, () => {
      this.#isPongOnItsWay = false;
      const next = this.#latestPing;
      this.#latestPing = undefined;
      if (next !== undefined) this.#pong(next);
    });
  }

  /** Ends sockets whose other side is gone without a word. */
  #ping(): void {
    if (!this.#alive) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    this.#socket.ping();
  }
}

/** Text of a message; of a binary one that is no UTF-8 nothing, which is no JSON either. */
function textOf(data: RawData): string {
  try {
    return decoder.decode(Array.isArray(data) ? Buffer.concat(data) : data);
  } catch {
    return "";
  }
}
