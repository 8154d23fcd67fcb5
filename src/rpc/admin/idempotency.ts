import { createHash } from "node:crypto";
import type { Clock } from "../../util/clock.js";
import { AdminProblem } from "./adminProblem.js";

/** An answer of a route. */
export interface AdminReply {
  status?: number;
  body: unknown;
}

const LIFETIME_MS = 24 * 3_600_000;
const MAX_KEYS = 1_000;
const KEY = /^[\x21-\x7e]{1,128}$/;

interface Entry {
  fingerprint: string;
  atMs: number;
  reply: Promise<AdminReply>;
}

/** Answers a repeated request with what the first one got, so that a client that heard nothing may ask again. */
export class Idempotency {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(deps: { clock: Clock }) {
    this.#clock = deps.clock;
  }

  /**
   * Runs `work` once per key. `request`: what must be the same again.
   * Errors: idempotency-key-malformed, idempotency-key-reused; those of `work`, which are not remembered.
   */
  run(
    key: string | undefined,
    request: string,
    work: () => Promise<AdminReply>,
  ): Promise<AdminReply> {
    if (key === undefined) return work();
    if (!KEY.test(key)) throw new AdminProblem("idempotency-key-malformed");
    this.#forget();
    const fingerprint = createHash("sha256").update(request).digest("hex");
    const found = this.#entries.get(key);
    if (found !== undefined) {
      if (found.fingerprint !== fingerprint) throw new AdminProblem("idempotency-key-reused");
      return found.reply;
    }
    const reply = work();
    const entry = { fingerprint, atMs: this.#clock.nowMs(), reply };
    this.#entries.set(key, entry);
    reply.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return reply;
  }

  #forget(): void {
    const since = this.#clock.nowMs() - LIFETIME_MS;
    for (const [key, { atMs }] of this.#entries) {
      if (atMs > since && this.#entries.size < MAX_KEYS) break;
      this.#entries.delete(key);
    }
  }
}
