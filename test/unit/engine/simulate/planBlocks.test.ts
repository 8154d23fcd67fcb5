import { describe, expect, test } from "@jest/globals";
import { planBlocks } from "../../../../src/engine/simulate/planBlocks.js";
import type { SimulateBlock } from "../../../../src/engine/simulate/types.js";
import type { BlockOverride } from "../../../../src/engine/types.js";

const BASE = { number: 10n, timestamp: 1_000n };
const block = (blockOverrides: BlockOverride = {}): SimulateBlock => ({
  blockOverrides,
  stateOverrides: {},
  calls: [],
});
const plan = (...blocks: SimulateBlock[]) =>
  planBlocks(BASE, blocks).map(({ number, timestamp }) => [number, timestamp]);
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe("the plan of simulated blocks", () => {
  test("numbers blocks one after the other, twelve seconds apart", () => {
    expect(plan(block(), block())).toEqual([
      [11n, 1_012n],
      [12n, 1_024n],
    ]);
  });

  test("fills gaps between numbers with empty blocks", () => {
    expect(plan(block({ number: 13n }), block({ number: 14n, time: 2_000n }))).toEqual([
      [11n, 1_012n],
      [12n, 1_024n],
      [13n, 1_036n],
      [14n, 2_000n],
    ]);
  });

  test("refuses numbers and times that do not rise", () => {
    expect(codeOf(() => plan(block({ number: 10n })))).toBe("SIMULATE_BLOCK_NUMBER");
    expect(codeOf(() => plan(block({ number: 12n }), block({ number: 12n })))).toBe(
      "SIMULATE_BLOCK_NUMBER",
    );
    expect(codeOf(() => plan(block({ time: 1_000n })))).toBe("SIMULATE_BLOCK_TIMESTAMP");
    expect(codeOf(() => plan(block({ number: 13n, time: 1_024n })))).toBe(
      "SIMULATE_BLOCK_TIMESTAMP",
    );
  });

  test("allows 256 blocks after the base, 5000 calls in a block and 10000 in all", () => {
    expect(plan(block({ number: 266n }))).toHaveLength(256);
    expect(codeOf(() => plan(block({ number: 267n })))).toBe("SIMULATE_LIMIT");
    expect(codeOf(() => plan(...Array.from({ length: 257 }, () => block())))).toBe(
      "SIMULATE_LIMIT",
    );
    const full = { ...block(), calls: Array.from({ length: 5_000 }, () => ({})) };
    expect(plan(full, full)).toHaveLength(2);
    expect(codeOf(() => plan({ ...full, calls: [...full.calls, {}] }))).toBe("SIMULATE_LIMIT");
    expect(codeOf(() => plan(full, full, { ...block(), calls: [{}] }))).toBe("SIMULATE_LIMIT");
  });

  test("refuses a request without blocks", () => {
    expect(codeOf(() => plan())).toBe("SIMULATE_PARAMS");
  });
});
