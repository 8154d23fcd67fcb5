// A thread for tests of WorkerRunner that speaks like the machine's, and does what its entry's index says.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";

const flag = new Int32Array(workerData.flag);

function ask(message) {
  const before = Atomics.load(flag, 0);
  parentPort.postMessage(message);
  for (;;) {
    const received = receiveMessageOnPort(workerData.answers);
    if (received !== undefined) return received.message;
    Atomics.wait(flag, 0, before);
  }
}

parentPort.on("message", ({ start }) => {
  if (start.index === 1n) process.exit(1);
  if (start.index === 2n) Atomics.wait(flag, 0, Atomics.load(flag, 0));
  if (start.index === 3n) {
    const data = { mode: 77 };
    parentPort.postMessage({ kind: "failed", code: "PROOF_NO_MODE", data, message: "no mode" });
    return;
  }
  const { bytes } = ask({ kind: "input", name: "entryData", argument: start.index });
  const answer = ask({
    kind: "block",
    block: { number: 7n, hash: "0x01", root: "0x02", steps: bytes.length },
  });
  if (answer.isRefused) return;
  const end = { number: 7n, root: "0x02", proof: "0x03", stepsAfter: 1 };
  parentPort.postMessage({ kind: "end", end });
});
