// Asks a server in a process of its own, so that the asking is not counted with the answering. Requests come on standard input, one
// JSON a line: {url, paths | bodies, requests, connections}; for each one answer with milliseconds goes to standard output.
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

/** One request, whole; resolves with its milliseconds. */
function ask(agent, base, path, body) {
  return new Promise((done, fail) => {
    const startMs = performance.now();
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const sent = request(
      new URL(path, base),
      { agent, headers, method: body === undefined ? "GET" : "POST" },
      (response) => {
        let size = 0;
        response.on("data", (chunk) => {
          size += chunk.length;
        });
        response.on("end", () => {
          const tookMs = performance.now() - startMs;
          if (response.statusCode === 200 && size > 0) done(tookMs);
          else fail(new Error(`${path}: status ${response.statusCode}`));
        });
      },
    );
    sent.on("error", fail);
    sent.end(body);
  });
}

/** Value below which `share` of the ascending values are. */
const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

async function run({ url, targets, requests, connections }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = [];
  let next = 0;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < requests) {
        const { path, body } = targets[next++ % targets.length];
        times.push(await ask(agent, url, path, body));
      }
    }),
  );
  const perSecond = (times.length * 1000) / (performance.now() - startMs);
  agent.destroy();
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: times.at(-1), perSecond };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await run(JSON.parse(line)).catch((error) => ({ error: error.message }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
