// Measures what people ask of a long chain: the same routes of two real servers, one on a chain of 2,000 blocks with 5,000
// transactions and one ten times as long, in turns, by a client in a process of its own at 8 connections.
// Prints p50 and p99 per route and how they grow.
// Usage: npm run bench:rest [-- --blocks 20000 --requests 400 --rounds 3 --keep DIR --only "withdrawals, 100" --only deposit]
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startBenchServer } from "./rest/benchServer.mjs";
import { startClient } from "./rest/client.mjs";
import { questionsFor } from "./rest/questions.mjs";

const text = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : fallback;
};
const BLOCKS = Number(text("blocks", 20_000));
const REQUESTS = Number(text("requests", 400));
const ROUNDS = Number(text("rounds", 3));
/** Parts of names; all rows without it. */
const ONLY = process.argv.filter((_, i) => process.argv[i - 1] === "--only");
/** The bars: milliseconds, and growth of p99 to a chain ten times as long. */
const MAX_P99_MS = 50;
const MAX_GROWTH = 1.5;
/** Added to both sides of a growth: a difference below this is the machine's. */
const NOISE_MS = 1;
/** Asked before anything counts. */
const WARM_UP = 200;

const keep = text("keep", undefined);
const work = mkdtempSync(join(tmpdir(), "fovea-bench-rest-"));
const root = keep ?? join(work, "made");
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The chain of so many blocks; made if it is not in the kept folder. */
function makeChain(blocks) {
  const dir = join(root, `${blocks}`);
  if (existsSync(join(dir, "figures.json"))) return dir;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const made = spawnSync(
    process.execPath,
    ["test/bench/rest/buildChain.mjs", dir, `${blocks}`, `${Math.floor(blocks * 2.5)}`],
    { stdio: "inherit" },
  );
  if (made.status !== 0) throw new Error(`the chain of ${blocks} blocks was not made`);
  return dir;
}

/** Servers work on copies: a kept chain stays as it was made, whatever becomes of a run. */
function copyOf(dir) {
  const copy = join(work, basename(dir));
  cpSync(dir, copy, { recursive: true });
  return copy;
}

const dirs = [makeChain(BLOCKS / 10), makeChain(BLOCKS)].map(copyOf);
const servers = [];
const client = startClient();
try {
  for (const dir of dirs) servers.push(await startBenchServer(dir));
  for (const { figures, readySec } of servers) {
    const { samples, buildSec, ...shown } = figures;
    console.log(`${JSON.stringify(shown)} index made and ready in ${readySec.toFixed(1)} s`);
  }
  const questions = [];
  for (const { url, figures } of servers) questions.push(await questionsFor(url, figures));
  const rows = [];
  for (const name of Object.keys(questions[0])) {
    if (ONLY.length > 0 && !ONLY.some((part) => name.includes(part))) continue;
    const found = [[], []];
    for (let round = -1; round < ROUNDS; round++) {
      for (const [i, { url, cpuMs }] of servers.entries()) {
        const count = round < 0 ? WARM_UP : REQUESTS;
        const beforeMs = cpuMs();
        const answer = await client.measure(url, questions[i][name], count);
        if (round >= 0) found[i].push({ ...answer, cpu: (cpuMs() - beforeMs) / count });
      }
    }
    const [small, large] = found.map((answers) => ({
      p50: median(answers.map(({ p50 }) => p50)),
      p99: median(answers.map(({ p99 }) => p99)),
      cpu: median(answers.map(({ cpu }) => cpu)),
    }));
    const growth = (large.p99 + NOISE_MS) / (small.p99 + NOISE_MS);
    rows.push({ name, small, large, growth });
    const ms = (value) => value.toFixed(1).padStart(7);
    console.log(
      `${name.padEnd(28)} p50 ${ms(small.p50)}${ms(large.p50)} ms   p99 ${ms(small.p99)}${ms(large.p99)} ms   x ${growth.toFixed(2)}   cpu ${small.cpu.toFixed(2)} ${large.cpu.toFixed(2)} ms`,
    );
  }
  const slow = rows.filter(({ large }) => large.p99 > MAX_P99_MS).map(({ name }) => name);
  const growing = rows.filter(({ growth }) => growth > MAX_GROWTH).map(({ name }) => name);
  const worst = rows.reduce((a, b) => (b.large.p99 > a.large.p99 ? b : a));
  const steepest = rows.reduce((a, b) => (b.growth > a.growth ? b : a));
  console.log(
    `worst p99 ${worst.large.p99.toFixed(1)} ms (${worst.name}), bar ${MAX_P99_MS} ms; most growth x ${steepest.growth.toFixed(2)} (${steepest.name}), bar x ${MAX_GROWTH}`,
  );
  if (slow.length > 0) console.log(`above ${MAX_P99_MS} ms: ${slow.join(", ")}`);
  if (growing.length > 0) console.log(`growing: ${growing.join(", ")}`);
  if (slow.length + growing.length > 0) process.exitCode = 1;
} finally {
  client.stop();
  for (const server of servers) await server.stop();
  rmSync(work, { recursive: true, force: true });
}
