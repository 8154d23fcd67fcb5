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
  return {
    /** Milliseconds of `requests` requests at 8 connections, taking turns through `targets`. */
    async measure(url, targets, requests) {
      const order = { url, targets, requests, connections: CONNECTIONS };
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const answer = JSON.parse((await answers.next()).value);
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    stop: () => child.stdin.end(),
  };
}
