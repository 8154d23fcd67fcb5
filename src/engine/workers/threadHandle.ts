import { Worker } from "node:worker_threads";
import { EngineError } from "../errors.js";
import type { StoreAnswer } from "./bridgedStore.js";
import { SyncAnswerer } from "./syncAsk.js";
import { type FromThread, type ThreadSetup, type ToThread, unpackError } from "./threadMessages.js";
import type { WorldSetup } from "./threadWorld.js";

/** A task that somebody waits for. */
export interface Job {
  id: number;
  task: string;
  args: unknown;
  /** Threads that it was given to. */
  attempts: number;
  /** Instant (performance.now) from which its time counts. */
  since: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Who owns the thread. */
export interface ThreadOwner {
  read(key: Uint8Array): Uint8Array | undefined;
  /** The thread is gone; `jobs` were neither done nor overdue. */
  onEnd(jobs: Job[]): void;
}

/** A task ends by itself at its deadline, unless it is in something that cannot be interrupted. */
const GRACE_MS = 1_000;
/** Loading the EVM takes some tenths of a second, more on a busy machine. */
const START_MS = 60_000;
const MAX_HEAP_MB = 1_024;

/** One thread as its owner sees it. */
export class EngineThread {
  readonly #owner: ThreadOwner;
  readonly #worker: Worker;
  readonly #answerer = new SyncAnswerer<StoreAnswer>();
  readonly #jobs = new Map<number, Job>();
  readonly #patienceMs: number;
  #isReady = false;
  #hasEnded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: URL, world: WorldSetup, owner: ThreadOwner) {
    this.#owner = owner;
    this.#patienceMs = world.callTimeoutMs + GRACE_MS;
    const workerData: ThreadSetup = { asks: this.#answerer.setup, world };
    this.#worker = new Worker(url, {
      workerData,
      transferList: [this.#answerer.setup.answers],
      name: "engine",
      // What this process was started with (profiling, loaders of tests) is not for the thread.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    this.#worker.on("message", (message: FromThread) => this.#hear(message));
    // An error ends the thread, and its end is told by "exit" as well.
    this.#worker.on("error", () => {});
    this.#worker.on("exit", () => this.#onExit());
    // A server that stops does not wait for it.
    this.#worker.unref();
  }

  /** Number of tasks in it. */
  get load(): number {
    return this.#jobs.size;
  }

  /** True if it has started and waits for work. */
  get isIdle(): boolean {
    return this.#isReady && !this.#hasEnded && this.#jobs.size === 0;
  }

  give(job: Job): void {
    job.since = performance.now();
    this.#jobs.set(job.id, job);
    const { id, task, args } = job;
    const message: ToThread = { id, task, args };
    try {
      this.#worker.postMessage(message);
    } catch (error) {
      this.#jobs.delete(id);
      job.reject(error);
      return;
    }
    this.#watch();
  }

  /** Ends it; `onEnd` hears of what it did not finish. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(message: FromThread): void {
    if (message.kind === "ask") {
      const value = this.#owner.read(message.key);
      // A copy: what a store answers may be a small part of a large buffer, which would be sent whole.
      this.#answerer.reply(value === undefined ? null : new Uint8Array(value));
      return;
    }
    if (message.kind === "ready") {
      this.#isReady = true;
      for (const job of this.#jobs.values()) job.since = performance.now();
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#watch();
      return;
    }
    const job = this.#jobs.get(message.id);
    this.#jobs.delete(message.id);
    if (message.kind === "done") job?.resolve(message.result);
    else job?.reject(unpackError(message.error));
  }

  #watch(): void {
    if (this.#hasEnded) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#jobs.size === 0) return;
    const jobs = [...this.#jobs.values()];
    const next = jobs.reduce((a, b) => (this.#dueAt(b) < this.#dueAt(a) ? b : a));
    const restMs = Math.max(0, this.#dueAt(next) - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isOverdue(next)) void this.#worker.terminate();
      else this.#watch();
    }, restMs);
    this.#timer.unref();
  }

  #isOverdue(job: Job): boolean {
    return this.#jobs.has(job.id) && performance.now() >= this.#dueAt(job);
  }

  /** Instant at which a task is overdue. */
  #dueAt({ since, args }: Job): number {
    if (!this.#isReady) return since + START_MS;
    // Traces say themselves how long they may take.
    const own = (args as { limits?: { timeoutMs?: number } }).limits?.timeoutMs ?? 0;
    return since + Math.max(this.#patienceMs, own + GRACE_MS);
  }

  #onExit(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#answerer.close();
    const left: Job[] = [];
    for (const job of this.#jobs.values()) {
      if (this.#isOverdue(job)) job.reject(new EngineError("ENGINE_CALL_TIMEOUT"));
      else left.push(job);
    }
    this.#jobs.clear();
    this.#owner.onEnd(left);
  }
}
