// A thread for tests of EngineThreads: the gas of a call says what it does.
import { parentPort } from "node:worker_threads";

const never = new Int32Array(new SharedArrayBuffer(4));

parentPort.on("message", ({ id, args }) => {
  const { gas } = args.request;
  if (gas < 3n) Atomics.wait(never, 0, 0);
  if (gas === 4n) process.exit(1);
  parentPort.postMessage({ kind: "done", id, result: gas });
});
parentPort.postMessage({ kind: "ready" });
