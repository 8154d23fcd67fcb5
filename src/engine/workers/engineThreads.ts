import type { KeyValueStore } from "../../storage/types.js";
import { Limiter } from "../calls/limiter.js";
import { EngineError } from "../errors.js";
import type { TaskRunner } from "./taskRunner.js";
import type { TaskArgs, TaskName, TaskResult } from "./tasks.js";
import { EngineThread, type Job } from "./threadHandle.js";
import type { WorldSetup } from "./threadWorld.js";

/** How many threads, and where their module is. */
export interface EngineThreadsConfig {
  threads: number;
  /** Another module for the threads than the compiled one beside this file. */
  url?: URL;
}

/** Tasks that share one thread: the long ones among them give way to the others. */
const TASKS_PER_THREAD = 8;
const MAX_WAITING = 512;
/** A task that ended two threads is not given to a third one. */
const MAX_ATTEMPTS = 2;
/** The compiled module of a thread. */
const THREAD_URL = new URL("./engineThread.js", import.meta.url);

/**
 * Runs tasks in threads of their own, which read the store by asking this one. A thread that does not give way long after a
 * deadline is ended: what was overdue in it fails with ENGINE_CALL_TIMEOUT, the rest starts again in a new one.
 */
export class EngineThreads implements TaskRunner {
  readonly #config: EngineThreadsConfig;
  readonly #setup: WorldSetup;
  readonly #store: KeyValueStore;
  readonly #limiter: Limiter;
  readonly #threads: EngineThread[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor(config: EngineThreadsConfig, setup: WorldSetup, store: KeyValueStore) {
    this.#config = config;
    this.#setup = setup;
    this.#store = store;
    this.#limiter = new Limiter(config.threads * TASKS_PER_THREAD, MAX_WAITING);
    for (let i = 0; i < config.threads; i++) this.#threads.push(this.#start());
  }

  get isIdle(): boolean {
    return this.#threads.some((thread) => thread.isIdle);
  }

  /** Errors: those of the task, ENGINE_CALL_TIMEOUT, ENGINE_CALL_BUSY, ENGINE_THREAD_ENDED. */
  run<Name extends TaskName>(task: Name, args: TaskArgs<Name>): Promise<TaskResult<Name>> {
    return this.#limiter.run(() => {
      return new Promise<unknown>((resolve, reject) => {
        this.#give({ id: ++this.#lastId, task, args, attempts: 0, since: 0, resolve, reject });
      }) as Promise<TaskResult<Name>>;
    });
  }

  /** Ends the threads and what runs in them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const threads = this.#threads.splice(0);
    await Promise.all(threads.map((thread) => thread.end()));
  }

  #start(): EngineThread {
    const { url = THREAD_URL } = this.#config;
    const thread: EngineThread = new EngineThread(url, this.#setup, {
      read: (key) => this.#store.get(key),
      onEnd: (jobs) => this.#replace(thread, jobs),
    });
    return thread;
  }

  #give(job: Job): void {
    const [first, ...others] = this.#threads;
    if (first === undefined) {
      job.reject(new EngineError("ENGINE_CLOSED"));
      return;
    }
    job.attempts++;
    others.reduce((best, next) => (next.load < best.load ? next : best), first).give(job);
  }

  #replace(thread: EngineThread, jobs: Job[]): void {
    const at = this.#threads.indexOf(thread);
    if (!this.#isClosed && at >= 0) this.#threads[at] = this.#start();
    for (const job of jobs) {
      if (this.#isClosed) job.reject(new EngineError("ENGINE_CLOSED"));
      else if (job.attempts >= MAX_ATTEMPTS) job.reject(new EngineError("ENGINE_THREAD_ENDED"));
      else this.#give(job);
    }
  }
}
