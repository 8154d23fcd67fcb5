// The thread that a machine runs in, so that its steps never hold up requests. Made by WorkerRunner.
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { FoveaError } from "../../util/errors.js";
import { Bridge, BridgedInputs, type FromWorker, RunEnded, type ToWorker } from "./bridge.js";
import { EntryRun } from "./entryRun.js";

/** Below everything that somebody waits for. */
const NICE = 10;

const port = parentPort;
const send = (message: FromWorker): void => port?.postMessage(message);
const bridge = new Bridge(workerData, send);
const inputs = new BridgedInputs(bridge);

function lowerPriority(): void {
  // Elsewhere than on Linux this would be the priority of the whole process.
  if (process.platform !== "linux") return;
  try {
    setPriority(NICE);
  } catch {
    // Only a courtesy.
  }
}

function runEntry({ start }: ToWorker): void {
  inputs.begin();
  const run = new EntryRun(start, inputs);
  while (true) {
    const at = run.advance(() => false);
    if (at.kind === "block") bridge.ask(at);
    if (at.kind !== "end") continue;
    send(at);
    return;
  }
}

lowerPriority();
port?.on("message", (message: ToWorker) => {
  try {
    runEntry(message);
  } catch (error) {
    if (error instanceof RunEnded) return;
    const [code, data] =
      error instanceof FoveaError ? [error.code, error.data] : [undefined, undefined];
    const text = error instanceof Error ? error.message : String(error);
    send({ kind: "failed", code, data, message: text });
  }
});
