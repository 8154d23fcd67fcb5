import type { Role } from "../services/types.js";
import { runWithTrace } from "../telemetry/trace.js";
import type { Clock } from "../util/clock.js";

/** Steps of one run, so that a busy role leaves the worker now and then. */
const MAX_STEPS = 16;

/** Outcome of runs of a duty that an operator has stopped. */
export const STOPPED = "stopped by an operator";

/** What became of the last run of a duty. */
export interface RunReport {
  atMs: number;
  status: "ok" | "failed";
  detail: string;
}

/**
 * Runs a role's steps for whoever asks: jobs, the reconciler, several at once. Runs never overlap, and a run that follows the last one
 * too closely is left out, so any number of jobs costs one run per interval.
 */
export class DutyRunner {
  readonly role: Role;
  readonly everyMs: number;
  readonly #clock: Clock;
  readonly #createdAtMs: number;
  #current: Promise<string> | undefined;
  #last: RunReport | undefined;
  #isPaused = false;
  /** Of a request that came while a run was in progress or had just ended. */
  #nextTraceId: string | undefined;

  constructor(config: { role: Role; everyMs: number }, deps: { clock: Clock }) {
    this.role = config.role;
    this.everyMs = config.everyMs;
    this.#clock = deps.clock;
    this.#createdAtMs = deps.clock.nowMs();
  }

  get last(): RunReport | undefined {
    return this.#last;
  }

  get isRunning(): boolean {
    return this.#current !== undefined;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** No run starts until `resume`; ends the one in progress. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await this.role.stop();
    await this.drain();
  }

  resume(): void {
    this.#isPaused = false;
  }

  /** True if nobody ran the duty for this many intervals. */
  isOverdue(intervals: number): boolean {
    if (this.#isPaused) return false;
    const sinceMs = this.#last?.atMs ?? this.#createdAtMs;
    return !this.#current && this.#clock.nowMs() - sinceMs >= intervals * this.everyMs;
  }

  /**
   * Log lines of the run carry `traceId`, those of the next run if this call starts none; `fallbackId` is for runs that nobody
   * asked for. Errors: those of the role's `step`.
   */
  run(traceId?: string, fallbackId?: string): Promise<string> {
    if (this.#isPaused) return Promise.resolve(STOPPED);
    const isTooSoon = this.#last && !this.#current && !this.isOverdue(0.5);
    if (isTooSoon || this.#current) this.#nextTraceId = traceId ?? this.#nextTraceId;
    if (isTooSoon) return Promise.resolve("ran a moment ago");
    if (this.#current) return this.#current;
    const id = traceId ?? this.#nextTraceId ?? fallbackId;
    this.#nextTraceId = undefined;
    const run = id === undefined ? this.#steps() : runWithTrace(id, () => this.#steps());
    this.#current = run.finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  /** Resolves when nothing runs. */
  async drain(): Promise<void> {
    await this.#current?.catch(() => undefined);
  }

  async #steps(): Promise<string> {
    try {
      let detail = "";
      for (let i = 0; i < MAX_STEPS; i += 1) {
        const result = await this.role.step();
        detail = `${result.status}${result.detail ? `: ${result.detail}` : ""}`;
        if (result.status !== "progress" || this.#isPaused) break;
      }
      this.#last = { atMs: this.#clock.nowMs(), status: "ok", detail };
      return detail;
    } catch (error) {
      // What was cut short on request is no failure.
      if (this.#isPaused) return STOPPED;
      const detail = error instanceof Error ? error.message : String(error);
      this.#last = { atMs: this.#clock.nowMs(), status: "failed", detail };
      throw error;
    }
  }
}
