import { Worker } from "node:worker_threads";
import { SyncAnswerer } from "../../engine/workers/syncAsk.js";
import { ProofError } from "../../proof/errors.js";
import type { MachineInputs } from "../../proof/state/types.js";
import { ServiceError } from "../errors.js";
import type { Answer, Ask, FromWorker, ToWorker } from "./bridge.js";
import type { EntryJob, EntryRunner } from "./entryRunner.js";
import type { EntryEnd } from "./rootStore.js";

/** The module of the thread: the compiled one beside this file. */
const WORKER_URL = new URL("./machineWorker.js", import.meta.url);

interface Thread {
  worker: Worker;
  answerer: SyncAnswerer<Answer>;
}

type End = Omit<EntryEnd, "entryHash">;

/**
 * Runs in a thread of its own, which asks this one for what only it can read: each question is one short event here. A thread
 * that failed or was cut short is ended, and the next run gets a new one.
 */
export class WorkerRunner implements EntryRunner {
  readonly #url: URL;
  #thread: Thread | undefined;

  constructor(url: URL = WORKER_URL) {
    this.#url = url;
  }

  async run(job: EntryJob): Promise<End | undefined> {
    if (job.signal.aborted) return undefined;
    this.#thread ??= startThread(this.#url);
    try {
      const end = await runIn(this.#thread, job);
      if (end === undefined) await this.close();
      return end;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread === undefined) return;
    await thread.worker.terminate();
    thread.answerer.close();
  }
}

function startThread(url: URL): Thread {
  const answerer = new SyncAnswerer<Answer>();
  const worker = new Worker(url, {
    workerData: answerer.setup,
    transferList: [answerer.setup.answers],
    name: "machine",
    // What this process was started with (profiling, loaders of tests) is not for the thread.
    execArgv: [],
  });
  // A server that stops does not wait for it.
  worker.unref();
  return { worker, answerer };
}

function runIn(thread: Thread, job: EntryJob): Promise<End | undefined> {
  const { worker } = thread;
  return new Promise<End | undefined>((resolve, reject) => {
    const onAbort = () => settle(() => resolve(undefined));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () =>
      settle(() => reject(new ServiceError("MACHINE_THREAD_ENDED", { entry: job.start.index })));
    const onMessage = (message: FromWorker) => {
      if (message.kind === "end") settle(() => resolve(message.end));
      else if (message.kind === "failed") settle(() => reject(errorOf(message)));
      else {
        answerTo(message, job).then(
          (bytes) => thread.answerer.reply(bytes === undefined ? {} : { bytes }),
          (error) => {
            settle(() => reject(error));
            thread.answerer.reply({ isRefused: true });
          },
        );
      }
    };
    function settle(finish: () => void): void {
      job.signal.removeEventListener("abort", onAbort);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      finish();
    }
    job.signal.addEventListener("abort", onAbort, { once: true });
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    // A listener for messages would keep the process alive.
    worker.unref();
    const message: ToWorker = { start: job.start };
    worker.postMessage(message);
  });
}

async function answerTo(ask: Ask, { inputs, onBlock }: EntryJob): Promise<Uint8Array | undefined> {
  if (ask.kind === "block") {
    await onBlock(ask.block);
    return undefined;
  }
  await inputs.prefetch?.(ask.name, ask.argument);
  const read = inputs[ask.name] as (this: MachineInputs, argument: unknown) => Uint8Array;
  // A copy: what a store answers may be a small part of a large buffer, which would be sent whole.
  return new Uint8Array(read.call(inputs, ask.argument));
}

function errorOf({ code, data, message }: FromWorker & { kind: "failed" }): Error {
  const isOurs = code !== undefined && code in ProofError.catalogue;
  return isOurs
    ? new ProofError(code as keyof typeof ProofError.catalogue, data as Record<string, unknown>)
    : new Error(message);
}
