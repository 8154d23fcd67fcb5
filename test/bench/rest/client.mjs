// The other end of load.mjs.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const CONNECTIONS = 8;

/** Starts the client; it asks one question after the other. */
export function startClient() {
  const child = spawn(process.execPath, ["test/bench/rest/load.mjs"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** An order of load.mjs, and its answer. */
  async function run(order) {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const answer = JSON.parse((await answers.next()).value);
    if (answer.error) throw new Error(answer.error);
    return answer;
  }
  return {
    run,
    /** Milliseconds of `requests` requests at 8 connections, taking turns through `targets`. */
    measure: (url, targets, requests) => run({ url, targets, requests, connections: CONNECTIONS }),
    stop: () => child.stdin.end(),
  };
}
