import { expect, test } from "@jest/globals";
import { IncidentLog } from "../../../src/services/health/incidentLog.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { silentLogger } from "../../../src/telemetry/logger.js";

const logger = silentLogger();

function incident(text: string, startedAtMs: number, endedAtMs: number | null = null) {
  const said = { roles: ["node"], isCritical: false, impact: "some", advice: "wait" };
  return { text, startedAtMs, endedAtMs, ...said };
}

function open(store: MemoryStore, nowMs: number, kept = 4) {
  return IncidentLog.open({ kept }, { store, logger, nowMs });
}

test("incidents are there after a restart, and ids go on", async () => {
  const store = new MemoryStore();
  const first = await open(store, 1_000);
  const lasting = first.add(incident("late", 1_500));
  first.put({ ...lasting, endedAtMs: 2_000 });
  await first.close();
  const second = await open(store, 9_000);
  expect(second.list()).toEqual([{ ...incident("late", 1_500, 2_000), id: 1 }]);
  expect(second.add(incident("again", 9_500)).id).toBe(2);
  expect(second.list().map(({ id }) => id)).toEqual([2, 1]);
});

test("what lasted when the server ended is over, and says so, in every later run", async () => {
  const store = new MemoryStore();
  const first = await open(store, 1_000);
  first.add(incident("halted", 1_500));
  await first.close();
  const expected = [{ ...incident("halted", 1_500, 9_000), id: 1, isInterrupted: true }];
  const second = await open(store, 9_000);
  expect(second.list()).toEqual(expected);
  await second.close();
  expect((await open(store, 20_000)).list()).toEqual(expected);
});

test("only so many are kept, in memory and in the store", async () => {
  const store = new MemoryStore();
  const log = await open(store, 1_000);
  for (let i = 1; i <= 9; i += 1) log.add(incident(`number ${i}`, i));
  const kept = [9, 8, 7, 6];
  expect(log.list().map(({ id }) => id)).toEqual(kept);
  // Too old to come back.
  log.put({ ...incident("number 1", 1, 2), id: 1 });
  expect(log.list().map(({ id }) => id)).toEqual(kept);
  await log.close();
  let rows = 0;
  for await (const _ of store.iterate({})) rows += 1;
  expect(rows).toBe(4);
  expect((await open(store, 2_000, 2)).list().map(({ id }) => id)).toEqual([9, 8]);
});

test("a store that cannot be written does not hide what is wrong", async () => {
  const store = new MemoryStore();
  const log = await open(store, 1_000);
  await store.close();
  log.add(incident("the disk is full", 1_500));
  await log.close();
  expect(log.list()).toHaveLength(1);
});
