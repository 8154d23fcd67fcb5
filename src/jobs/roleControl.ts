import type { Role } from "../services/types.js";
import { JobsError } from "./errors.js";
import type { DutyName } from "./jobTypes.js";
import type { Jobs } from "./startJobs.js";

/** One role as operators see it. */
export interface RoleState {
  name: string;
  /** `loop`: runs by itself. `job`: runs as jobs of the queue `queue`. */
  runsAs: "loop" | "job";
  queue: string | null;
  /** False: an operator has stopped it, until it is started or the server is. */
  isRunning: boolean;
  problems: string[];
  lastRun: { atMs: number; status: "ok" | "failed"; detail: string } | null;
}

/** Starts and stops roles at run time, whether they run in loops or as jobs. */
export class RoleControl {
  readonly #loops: readonly Role[];
  readonly #duties: readonly { name: DutyName; role: Role }[];
  readonly #jobs: Jobs;
  readonly #stopped = new Set<string>();
  /** One change of a role after the other. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(deps: {
    loops: readonly Role[];
    duties: readonly { name: DutyName; role: Role }[];
    jobs: Jobs;
  }) {
    this.#loops = deps.loops;
    this.#duties = deps.duties;
    this.#jobs = deps.jobs;
  }

  states(): RoleState[] {
    const duties = this.#jobs.health().duties;
    const state = (role: Role, queue: string | null): RoleState => ({
      name: role.name,
      runsAs: queue === null ? "loop" : "job",
      queue,
      isRunning: !this.#stopped.has(role.name),
      problems: this.#stopped.has(role.name) ? [] : role.readinessProblems(),
      lastRun: duties.find(({ name }) => name === queue)?.last ?? null,
    });
    return [
      ...this.#loops.map((role) => state(role, null)),
      ...this.#duties.map(({ name, role }) => state(role, name)),
    ];
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** False also for a role that this server does not have. */
  isRunning(name: string): boolean {
    return this.has(name) && !this.#stopped.has(name);
  }

  /** Idempotent. True: it was stopped. Errors: JOBS_ROLE_UNKNOWN. */
  start(name: string): Promise<boolean> {
    return this.#serial(async () => {
      const { role, duty } = this.#get(name);
      const wasStopped = this.#stopped.delete(name);
      if (wasStopped && duty === undefined) await role.start();
      if (duty !== undefined) this.#jobs.resume(duty);
      return wasStopped;
    });
  }

  /** Idempotent; resolves when nothing of the role runs any more. True: it was running. Errors: JOBS_ROLE_UNKNOWN. */
  stop(name: string): Promise<boolean> {
    return this.#serial(async () => {
      const { role, duty } = this.#get(name);
      const wasRunning = !this.#stopped.has(name);
      this.#stopped.add(name);
      await (duty === undefined ? role.stop() : this.#jobs.pause(duty));
      return wasRunning;
    });
  }

  #get(name: string): { role: Role; duty: DutyName | undefined } {
    const found = this.#find(name);
    if (found === undefined) throw new JobsError("JOBS_ROLE_UNKNOWN", { name });
    return found;
  }

  #find(name: string): { role: Role; duty: DutyName | undefined } | undefined {
    const loop = this.#loops.find((role) => role.name === name);
    if (loop !== undefined) return { role: loop, duty: undefined };
    const duty = this.#duties.find(({ role }) => role.name === name);
    return duty && { role: duty.role, duty: duty.name };
  }

  #serial<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(change, change);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
