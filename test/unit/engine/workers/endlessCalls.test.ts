import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { BlockHeader } from "../../../../src/engine/types.js";
import { EngineThreads } from "../../../../src/engine/workers/engineThreads.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import type { Address } from "../../../../src/util/hex.js";
import { EngineChain, signTx } from "../../../helpers/engineChain.js";
import { CODE, creationCode } from "../../../helpers/evmCode.js";

// Calls that never end, one after the other, for as long as somebody likes. FOVEA_LONG=1 gives them the time of a real server.

const CALLS = 1_000;
const IS_LONG = process.env.FOVEA_LONG === "1";
const CALL_TIMEOUT_MS = IS_LONG ? 2_000 : 30;
const THREADS = 2;
const AT_ONCE = 32;
/** Memory grows while heaps take their size, and then it stops: a round that takes less than this is the proof. */
const ROUND = 250;
const MOST_ROUNDS = IS_LONG ? 6 : 16;
const STILL_BYTES = 8 << 20;

let chain: EngineChain;
let head: BlockHeader;
let loop: Address;
const store = new MemoryStore();
beforeAll(async () => {
  chain = await EngineChain.open({ store });
  const raw = await signTx({ nonce: 0, data: creationCode(CODE.loop), gas: 300_000n });
  const [, receipt] = await chain.receipts([raw]);
  loop = receipt?.contractAddress as Address;
  head = (await chain.engine.getHeader("latest")) as BlockHeader;
});
afterAll(() => chain.engine.close());

const TASKS = "/proc/self/task";
/** Threads of this process, by the kernel's count; elsewhere than on Linux nobody counts. */
const threadCount = () => (existsSync(TASKS) ? readdirSync(TASKS).length : 0);

/** Waits until there are no more than so many. */
async function untilThreads(count: number): Promise<void> {
  while (threadCount() > count) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Runs calls, so many at once, and returns the codes of their errors with how often each came. */
async function runAll(
  threads: EngineThreads,
  requests: { to?: Address; gas: bigint }[],
): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  let next = 0;
  const worker = async () => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const code = await threads.run("call", { request, block: head.hash, options: {} }).then(
        () => "no error",
        (error: { code: string }) => error.code,
      );
      codes[code] = (codes[code] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return codes;
}

function start(file: string): EngineThreads {
  const url = new URL(`../../../helpers/${file}`, import.meta.url);
  const rules = { kind: "l2", chain: chain.rollup.chain } as const;
  const setup = { rules, callTimeoutMs: CALL_TIMEOUT_MS };
  return new EngineThreads({ threads: THREADS, url }, setup, store);
}

test(`${CALLS} endless calls leave as many threads as before, and memory stops growing`, async () => {
  const threads = start("engineThread.mjs");
  const endless = (count: number) =>
    Array.from({ length: count }, (_item, index) => ({
      to: loop,
      // Each is another call, so that none is answered from what is remembered.
      gas: 50_000_000n - BigInt(index),
    }));
  expect(await runAll(threads, endless(AT_ONCE))).toEqual({ ENGINE_CALL_TIMEOUT: AT_ONCE });
  const before = threadCount();
  const grown: number[] = [];
  let calls = 0;
  while (calls < CALLS || (grown.at(-1) ?? 0) >= STILL_BYTES) {
    if (grown.length >= MOST_ROUNDS) break;
    const rss = process.memoryUsage().rss;
    expect(await runAll(threads, endless(ROUND))).toEqual({ ENGINE_CALL_TIMEOUT: ROUND });
    grown.push(process.memoryUsage().rss - rss);
    calls += ROUND;
  }
  process.stdout.write(
    `endless calls: ${calls} of ${CALL_TIMEOUT_MS} ms in ${THREADS} threads, memory by ${grown.map((bytes) => Math.round(bytes / 2 ** 20)).join(", ")} MiB\n`,
  );
  expect(calls).toBeGreaterThanOrEqual(CALLS);
  expect(Math.min(...grown)).toBeLessThan(STILL_BYTES);
  await untilThreads(before);
  // They work as before.
  const request = { gas: 100_000n };
  const block = head.hash;
  expect(await threads.run("call", { request, block, options: {} })).toBeDefined();
  await threads.close();
  await untilThreads(before - THREADS);
}, 400_000);

test("threads that do not give way are replaced one by one: their number stays", async () => {
  const before = threadCount();
  const threads = start("hangingThread.mjs");
  // Gas 1 hangs for good, 4 ends the whole thread, 3 is answered.
  const kinds = [1n, 4n, 3n];
  const requests = Array.from({ length: 60 }, (_item, index) => ({
    gas: kinds[index % kinds.length] ?? 3n,
  }));
  const codes = await runAll(threads, requests);
  expect(Object.values(codes).reduce((sum, count) => sum + count, 0)).toBe(requests.length);
  expect(Object.keys(codes).sort()).toEqual(
    expect.arrayContaining(["ENGINE_CALL_TIMEOUT", "ENGINE_THREAD_ENDED"]),
  );
  await untilThreads(before + THREADS);
  const request = { gas: 3n };
  expect(await threads.run("call", { request, block: head.hash, options: {} })).toBe(3n);
  await threads.close();
  await untilThreads(before);
}, 400_000);
