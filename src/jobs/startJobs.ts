import type { Queue } from "bullmq";
import type { Role } from "../services/types.js";
import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import { DutyQueue } from "./dutyQueue.js";
import { DutyRunner, type RunReport } from "./dutyRunner.js";
import { DISABLED_JOBS, type DutyName } from "./jobTypes.js";
import { sweepPoison } from "./poisonSweep.js";
import { RedisLink, withTimeout } from "./redisLink.js";

/** Where the queues are, and what runs in them. Units: milliseconds. */
export interface JobsConfig {
  /** Of the Redis. Duties run without it too, only then nobody sees them in the queue. */
  url: string;
  /** Of all keys in Redis; servers with one prefix share their work. */
  prefix?: string;
  duties: { name: DutyName; role: Role; everyMs: number }[];
  /** How often it is looked whether what should be scheduled is. */
  reconcileMs?: number;
  sweepMs?: number;
}

/** State of one queue for health reports. */
export interface DutyHealth {
  name: string;
  last: RunReport | null;
  /** Why no job of this kind runs; null if they do. */
  disabledReason: string | null;
  /** An operator has stopped it. */
  isStopped: boolean;
}

/** The running job system. */
export interface Jobs {
  /** For the queue UI. Empty until Redis was reached once. */
  queues(): Queue[];
  /** `degraded`: Redis is away, and the duties run from a timer. */
  health(): { redis: "up" | "down"; degraded: boolean; duties: DutyHealth[] };
  /** One sentence per reason; a missing Redis is none, because the work is done anyway. */
  readinessProblems(): string[];
  /** Asks for a run of a duty now; without Redis it runs at once. Its log lines carry the trace id. */
  nudge(name: DutyName, traceId?: string): Promise<void>;
  /** Neither jobs nor the reconciler run the duty until `resume`; waits for the run in progress to end. */
  pause(name: DutyName): Promise<void>;
  resume(name: DutyName): void;
  /** Idempotent; waits for the runs in progress. */
  stop(): Promise<void>;
}

const REDIS_PATIENCE_MS = 2_000;
/** Intervals without a run after which the reconciler runs the duty itself: at once without Redis, later with it. */
const PATIENCE_DOWN = 1;
const PATIENCE_UP = 3;

/**
 * Starts queues, workers and the reconciler. Jobs are only hints to look: what there is to do is read from L1 and the engine, so lost,
 * doubled, late or forged jobs change nothing, and a reconciler outside Redis repairs the schedules.
 */
export function startJobs(config: JobsConfig, deps: { logger: Logger; clock: Clock }): Jobs {
  const system = new JobSystem(config, deps);
  system.start();
  return system;
}

class JobSystem implements Jobs {
  readonly #config: Required<JobsConfig>;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #link: RedisLink;
  readonly #runners: Map<DutyName, DutyRunner>;
  readonly #abort = new AbortController();
  #queues: DutyQueue[] = [];
  #loops: Promise<void>[] = [];

  constructor(config: JobsConfig, deps: { logger: Logger; clock: Clock }) {
    this.#config = { prefix: "fovea", reconcileMs: 1_000, sweepMs: 15_000, ...config };
    this.#logger = deps.logger.child({ role: "jobs" });
    this.#clock = deps.clock;
    this.#link = new RedisLink(config.url, { logger: this.#logger });
    this.#runners = new Map(config.duties.map((duty) => [duty.name, new DutyRunner(duty, deps)]));
  }

  start(): void {
    this.#link.open();
    this.#loops = [
      this.#loop(this.#config.reconcileMs, () => this.#reconcile()),
      this.#loop(this.#config.sweepMs, () => this.#sweep()),
    ];
  }

  queues(): Queue[] {
    return this.#queues.map(({ queue }) => queue);
  }

  health() {
    const isUp = this.#link.isUp;
    const duties: DutyHealth[] = [...this.#runners].map(([name, runner]) => ({
      name,
      last: runner.last ?? null,
      disabledReason: null,
      isStopped: runner.isPaused,
    }));
    for (const [name, disabledReason] of Object.entries(DISABLED_JOBS)) {
      duties.push({ name, last: null, disabledReason, isStopped: false });
    }
    return { redis: isUp ? ("up" as const) : ("down" as const), degraded: !isUp, duties };
  }

  readinessProblems(): string[] {
    const running = [...this.#runners.values()].filter(({ isPaused }) => !isPaused);
    return running.flatMap(({ role, last }) => [
      ...role.readinessProblems(),
      ...(last?.status === "failed" ? [`${role.name}: ${last.detail}`] : []),
    ]);
  }

  async nudge(name: DutyName, traceId?: string): Promise<void> {
    const queue = this.#queues.find((candidate) => candidate.name === name);
    if (queue && this.#link.isUp) await withTimeout(queue.nudge(traceId), REDIS_PATIENCE_MS);
    else await this.#runners.get(name)?.run(traceId);
  }

  async pause(name: DutyName): Promise<void> {
    await this.#runners.get(name)?.pause();
  }

  resume(name: DutyName): void {
    this.#runners.get(name)?.resume();
  }

  async stop(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    await Promise.all(this.#loops);
    for (const runner of this.#runners.values()) {
      await runner.role.stop();
      await runner.drain();
    }
    const closing = Promise.all(this.#queues.map((queue) => queue.close()));
    await withTimeout(closing, REDIS_PATIENCE_MS).catch(() => undefined);
    this.#link.close();
  }

  async #loop(everyMs: number, work: () => Promise<void>): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await work().catch((error) => this.#logger.debug({ error }, "reconciler"));
      await this.#clock.sleep(everyMs, this.#abort.signal);
    }
  }

  async #reconcile(): Promise<void> {
    const isUp = this.#link.isUp;
    const patience = isUp ? PATIENCE_UP : PATIENCE_DOWN;
    for (const [name, runner] of this.#runners) {
      if (!runner.isOverdue(patience)) continue;
      // Not awaited: one slow duty must not hold up the others.
      runner.run().catch((error) => this.#logger.warn({ duty: name, error }, "duty failed"));
    }
    if (!isUp) return;
    if (this.#queues.length === 0) this.#openQueues();
    for (const queue of this.#queues) {
      const wasMissing = await withTimeout(queue.ensureScheduled(), REDIS_PATIENCE_MS);
      if (wasMissing) this.#logger.info({ queue: queue.name }, "schedule created");
    }
  }

  #openQueues(): void {
    const { prefix } = this.#config;
    const deps = { link: this.#link, logger: this.#logger };
    const active = [...this.#runners].map(
      ([name, runner]) => new DutyQueue({ name, prefix }, { ...deps, runner }),
    );
    const disabled = Object.entries(DISABLED_JOBS).map(
      ([name, disabledReason]) => new DutyQueue({ name, prefix, disabledReason }, deps),
    );
    this.#queues = [...active, ...disabled];
  }

  async #sweep(): Promise<void> {
    if (!this.#link.isUp) return;
    for (const { name } of this.#queues) {
      const sweep = sweepPoison(this.#link.client, this.#config.prefix, name);
      const removed = await withTimeout(sweep, 5 * REDIS_PATIENCE_MS);
      if (removed > 0) this.#logger.warn({ queue: name, removed }, "unreadable jobs removed");
    }
  }
}
