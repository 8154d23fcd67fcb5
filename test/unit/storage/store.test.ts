import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LevelStore } from "../../../src/storage/levelStore.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import type { KeyValueStore, StoreRange } from "../../../src/storage/types.js";
import { hasCode } from "../../../src/util/errors.js";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const put = (key: Uint8Array, value: Uint8Array) => ({ type: "put", key, value }) as const;

async function keys(store: KeyValueStore, range: StoreRange): Promise<string[]> {
  const found: string[] = [];
  for await (const [key] of store.iterate(range)) found.push(Buffer.from(key).toString("hex"));
  return found;
}

let directory: string;
let store: KeyValueStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fovea-store-"));
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

describe.each([
  ["MemoryStore", async () => new MemoryStore()],
  ["LevelStore", async () => LevelStore.open(directory)],
])("%s", (_name, open) => {
  beforeEach(async () => {
    store = await open();
  });

  test("a batch puts and deletes together, empty values included", async () => {
    await store.batch([put(bytes(1), bytes(9)), put(bytes(2), bytes())]);
    await store.batch([put(bytes(3), bytes(7)), { type: "del", key: bytes(1) }], { sync: true });
    expect(store.get(bytes(1))).toBeUndefined();
    expect(store.has(bytes(2))).toBe(true);
    expect(store.get(bytes(2))).toHaveLength(0);
    expect([...(store.get(bytes(3)) ?? [])]).toEqual([7]);
  });

  test("ranges are half-open, ordered by bytes, reversible and limited", async () => {
    await store.batch(
      [1, 128, 2, 255].flatMap((n) => [put(bytes(n), bytes(n)), put(bytes(n, 0), bytes())]),
    );
    expect(await keys(store, {})).toEqual(["01", "0100", "02", "0200", "80", "8000", "ff", "ff00"]);
    expect(await keys(store, { gte: bytes(2), lt: bytes(255) })).toEqual([
      "02",
      "0200",
      "80",
      "8000",
    ]);
    expect(await keys(store, { lt: bytes(255), reverse: true, limit: 2 })).toEqual(["8000", "80"]);
  });

  test("a range of keys alone comes without values, however many are expected", async () => {
    await store.batch(
      Array.from({ length: 300 }, (_, i) => put(bytes(1, i >> 8, i & 255), bytes(i & 255))),
    );
    for (const expected of [1, 7, 256, 1_000, undefined]) {
      const found: [Uint8Array, Uint8Array][] = [];
      const range = { gte: bytes(1), lt: bytes(2), limit: 290, keysOnly: true };
      for await (const entry of store.iterate(expected ? { ...range, expected } : range)) {
        found.push(entry);
      }
      expect(found.map(([key]) => [...key])).toEqual(
        Array.from({ length: 290 }, (_, i) => [1, i >> 8, i & 255]),
      );
      expect(found.every(([, value]) => value.length === 0)).toBe(true);
    }
  });

  test("a closed store refuses reads and writes", async () => {
    await store.close();
    const isClosed = (error: unknown): boolean => hasCode(error, "STORE_CLOSED");
    await expect(store.batch([]).catch(isClosed)).resolves.toBe(true);
    expect(() => store.get(bytes(1))).toThrow(expect.objectContaining({ code: "STORE_CLOSED" }));
  });
});

test("LevelStore: contents survive closing, and a second opener is told that it is locked", async () => {
  const first = await LevelStore.open(directory);
  store = first;
  await first.batch([put(bytes(5), bytes(6))], { sync: true });
  await expect(LevelStore.open(directory)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  await first.close();
  store = await LevelStore.open(directory);
  expect([...(store.get(bytes(5)) ?? [])]).toEqual([6]);
});
