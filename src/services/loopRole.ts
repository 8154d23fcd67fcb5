import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import { FoveaError } from "../util/errors.js";
import type { Role, StepResult } from "./types.js";

/** Waiting times of a role's loop, in milliseconds. */
export interface LoopConfig {
  /** Between steps that found nothing to do. */
  idleMs: number;
  /** After a failed step; doubles with each further failure up to `maxBackoffMs`. */
  backoffMs: number;
  maxBackoffMs: number;
}

/** The loop around `step` that all roles share: back-off, memory of the last failure, stopping for good on a critical one. */
export abstract class LoopRole implements Role {
  abstract readonly name: string;
  protected readonly clock: Clock;
  protected readonly logger: Logger;
  readonly #loop: LoopConfig;
  #abort = new AbortController();
  #isStarted = false;
  #running: Promise<void> | undefined;
  #lastFailure: string | undefined;
  #criticalProblem: string | undefined;

  protected constructor(loop: LoopConfig, deps: { clock: Clock; logger: Logger }) {
    this.#loop = loop;
    this.clock = deps.clock;
    this.logger = deps.logger;
  }

  abstract step(): Promise<StepResult>;

  readinessProblems(): string[] {
    return this.#lastFailure === undefined ? [] : [this.#lastFailure];
  }

  get criticalProblem(): string | undefined {
    return this.#criticalProblem;
  }

  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#criticalProblem = undefined;
    this.#isStarted = true;
    this.#running = this.#run(this.#abort.signal);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#isStarted = false;
    this.#running = undefined;
    await running;
  }

  /** Aborted by `stop`, also when steps run as jobs: for whatever may take long inside a step. */
  protected get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs = 0;
      try {
        const result = await this.step();
        failures = 0;
        this.#lastFailure = undefined;
        waitMs = result.status === "progress" ? 0 : this.#loop.idleMs;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        waitMs = Math.min(
          this.#loop.backoffMs * 2 ** Math.min(failures - 1, 10),
          this.#loop.maxBackoffMs,
        );
        this.#lastFailure = describeFailure(error);
        if (error instanceof FoveaError && error.severity === "critical") {
          this.#criticalProblem = this.#lastFailure;
          this.logger.error({ error }, "role stopped");
          return;
        }
        this.logger.warn({ error, failures, waitMs }, "step failed");
      }
      // Even a busy loop lets timers and sockets have their turn.
      if (waitMs === 0) await new Promise((resolve) => setImmediate(resolve));
      else await this.clock.sleep(waitMs, signal);
    }
  }
}

/** One line about a failure for health reports; with the cure where the role does not try again by itself. */
export function describeFailure(error: unknown): string {
  if (error instanceof FoveaError) {
    const cure = error.severity === "critical" && error.help ? `. ${error.help}` : "";
    return `${error.code}: ${error.message}${cure}`;
  }
  return error instanceof Error ? error.message : String(error);
}
