import type { Role } from "../services/types.js";
import type { Clock } from "../util/clock.js";

/** Steps of one run, so that a busy role leaves the worker now and then. */
const MAX_STEPS = 16;

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

  /** True if nobody ran the duty for this many intervals. */
  isOverdue(intervals: number): boolean {
    const sinceMs = this.#last?.atMs ?? this.#createdAtMs;
    return !this.#current && this.#clock.nowMs() - sinceMs >= intervals * this.everyMs;
  }

  /** Errors: those of the role's `step`. */
  run(): Promise<string> {
    if (this.#last && !this.#current && !this.isOverdue(0.5))
      return Promise.resolve("ran a moment ago");
    this.#current ??= this.#steps().finally(() => {
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
        if (result.status !== "progress") break;
      }
      this.#last = { atMs: this.#clock.nowMs(), status: "ok", detail };
      return detail;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#last = { atMs: this.#clock.nowMs(), status: "failed", detail };
      throw error;
    }
  }
}
