import { expect, test } from "@jest/globals";
import type { CallResult } from "../../../../src/engine/types.js";
import { CachedTasks } from "../../../../src/engine/workers/cachedTasks.js";
import type { TaskRunner } from "../../../../src/engine/workers/taskRunner.js";
import type { CallArgs } from "../../../../src/engine/workers/tasks.js";
import { fromHex, ZERO_ADDRESS, ZERO_HASH } from "../../../../src/util/hex.js";

/** Counts the calls that reach it; each answers its number. */
function countingTasks(answer: (n: number) => Partial<CallResult> = () => ({})) {
  const seen: unknown[] = [];
  const run = async (_task: string, args: unknown) => {
    seen.push(args);
    const result = { failure: null, returnData: new Uint8Array(), gasUsed: 0n, logs: [] };
    return { ...result, gasUsed: BigInt(seen.length), ...answer(seen.length) };
  };
  const tasks = new CachedTasks({ run, close: async () => {} } as unknown as TaskRunner);
  return { tasks, seen };
}

const args = (change: Partial<CallArgs> = {}): CallArgs => ({
  request: { to: ZERO_ADDRESS, data: fromHex("0x01") },
  block: ZERO_HASH,
  options: { stateOverrides: {}, blockOverrides: {} },
  ...change,
});

test("the same call on the same block runs once, also while it runs", async () => {
  const { tasks, seen } = countingTasks();
  const both = await Promise.all([tasks.run("call", args()), tasks.run("call", args())]);
  expect(both[0]).toBe(both[1]);
  expect(await tasks.run("call", args())).toBe(both[0]);
  expect(seen).toHaveLength(1);
});

test("whatever a call depends on makes it another one", async () => {
  const { tasks, seen } = countingTasks();
  const to = ZERO_ADDRESS;
  const others: Partial<CallArgs>[] = [
    {},
    { block: `0x${"11".repeat(32)}` },
    { request: { to } },
    { request: { to, data: fromHex("0x02") } },
    { request: { to, from: to, data: fromHex("0x01") } },
    { request: { to, gas: 1n } },
    { request: { to, gasPrice: 1n } },
    { request: { to, maxFeePerGas: 1n } },
    { request: { to, value: 1n } },
    { request: { to: null } },
  ];
  for (const other of others) await tasks.run("call", args(other));
  expect(seen).toHaveLength(others.length);
  for (const other of others) await tasks.run("call", args(other));
  expect(seen).toHaveLength(others.length);
});

test("overrides, lists, large inputs and estimates run each time", async () => {
  const { tasks, seen } = countingTasks();
  const list = [{ address: ZERO_ADDRESS, storageKeys: [] }];
  const never: CallArgs[] = [
    args({ options: { stateOverrides: { [ZERO_ADDRESS]: { balance: 1n } } } }),
    args({ options: { blockOverrides: { number: 1n } } }),
    args({ request: { accessList: list } }),
    args({ request: { data: new Uint8Array(5_000) } }),
  ];
  for (const one of [...never, ...never]) await tasks.run("call", one);
  for (let i = 0; i < 2; i++) await tasks.run("estimateGas", args());
  expect(seen).toHaveLength(2 * never.length + 2);
});

test("failures to run and large results are not remembered", async () => {
  const failing = countingTasks(() => {
    throw new Error("busy");
  });
  for (let i = 0; i < 2; i++) {
    await expect(failing.tasks.run("call", args())).rejects.toThrow("busy");
  }
  expect(failing.seen).toHaveLength(2);
  const large = countingTasks(() => ({ returnData: new Uint8Array(100_000) }));
  for (let i = 0; i < 2; i++) await large.tasks.run("call", args());
  expect(large.seen).toHaveLength(2);
});
