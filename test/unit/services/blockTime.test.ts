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
