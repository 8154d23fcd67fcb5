import { expect, test } from "@jest/globals";
import { nextBlockTime } from "../../../src/services/sequencer/blockTime.js";

const at = (seconds: number, more: Partial<Parameters<typeof nextBlockTime>[0]> = {}) =>
  nextBlockTime({
    parentTime: 1_000n,
    nowMs: seconds * 1000,
    l1HeadTime: 999n,
    l1SeenMs: 999_500,
    blockTimeSeconds: 2,
    maxBlocksBehind: 10,
    demand: "none",
    ...more,
  });

test("a block is due when its time has come, not earlier", () => {
  expect(at(1_001.9)).toBeUndefined();
  expect(at(1_002)).toBe(1_002n);
});

test("a little behind, the pace stays; far behind, one block jumps to the present", () => {
  expect(at(1_020)).toBe(1_002n);
  expect(at(1_100)).toBe(1_100n);
});

test("no jump is wider than a batch can say", () => {
  expect(at(1_000_000)).toBe(1_000n + 65_535n);
});

test("an L1 clock that ran ahead is the present", () => {
  expect(at(1_000, { l1HeadTime: 5_000n, l1SeenMs: 1_000_000 })).toBe(5_000n);
  expect(at(1_001, { l1HeadTime: 1_003n, l1SeenMs: 1_000_500 })).toBeUndefined();
});

test("what waits in the pool is taken in the next second, and at once if it fills a block", () => {
  expect(at(1_000.9, { demand: "some" })).toBeUndefined();
  expect(at(1_001.2, { demand: "some" })).toBe(1_001n);
  expect(at(1_003.2, { demand: "some", blockTimeSeconds: 10 })).toBe(1_003n);
  expect(at(1_000.1, { demand: "full" })).toBe(1_001n);
  // No further ahead of the clock than a second.
  expect(at(999.9, { demand: "full" })).toBeUndefined();
  expect(at(1_002, { demand: "full" })).toBe(1_002n);
});
