import { describe, expect, test } from "@jest/globals";
import {
  FAST_LZ_STEP_BYTES,
  type FastLzState,
  fastLzResult,
  fastLzWindow,
  isFastLzDone,
  runFastLz,
  startFastLz,
} from "../../../src/proof/compute/fastLzRun.js";
import { fastLzLength } from "../../../src/protocol/fastLz.js";
import { createRandom, SEED } from "../../contracts/vectors/random.js";

const random = createRandom(SEED);

/** Runs to the end with stops chosen by `strideOf`, giving each slice exactly its window; all states in passing. */
function runAll(data: Uint8Array, strideOf: () => number): FastLzState[] {
  const states = [startFastLz()];
  let state = states[0] as FastLzState;
  while (!isFastLzDone(state, data.length)) {
    const stop = state.position + strideOf();
    const { start, end } = fastLzWindow(state, data.length, stop);
    // A copy: what lies around the window must not matter.
    state = runFastLz(state, data.slice(start, end), start, data.length, stop);
    states.push(state);
  }
  return states;
}

const lengthIn = (data: Uint8Array, strideOf: () => number): number =>
  fastLzResult(runAll(data, strideOf).at(-1) as FastLzState, data.length);

/** Data with matches that end at, just before and just behind every boundary of interest. */
const SPECIAL: [string, Uint8Array][] = [
  ["110,000 zeroes: one match", new Uint8Array(110_000)],
  ["a period of 8,191", periodic(40_000, 8_191)],
  ["a period of 8,192", periodic(40_000, 8_192)],
  ["a period of 3", periodic(20_000, 3)],
  ["noise", random.bytes(60_000)],
];

function periodic(length: number, period: number): Uint8Array {
  const piece = createRandom(period).bytes(period);
  return new Uint8Array(length).map((_, at) => piece[at % period] as number);
}

describe(`FastLZ length in slices (seed ${SEED})`, () => {
  test("equals the unsliced length for every short input, byte by byte", () => {
    for (let length = 0; length < 130; length++) {
      const data = random.contents(length);
      expect([length, lengthIn(data, () => 1)]).toEqual([length, fastLzLength(data)]);
    }
  });

  test("equals the unsliced length for 500 inputs in random slices", () => {
    for (let round = 0; round < 500; round++) {
      const data = random.contents(random.below(2_000));
      const most = 1 + random.below(700);
      const length = lengthIn(data, () => 1 + random.below(most));
      expect([round, data.length, length]).toEqual([round, data.length, fastLzLength(data)]);
    }
  });

  test.each(SPECIAL)("equals the unsliced length for %s", (_name, data) => {
    const expected = fastLzLength(data);
    expect(lengthIn(data, () => FAST_LZ_STEP_BYTES)).toBe(expected);
    expect(lengthIn(data, () => 1 + random.below(4_000))).toBe(expected);
    expect(lengthIn(data, () => data.length)).toBe(expected);
  });

  test("passes the same state at a stop however the bytes before it were sliced", () => {
    for (let round = 0; round < 60; round++) {
      const data = random.contents(100 + random.below(1_000));
      const stop = 2 + random.below(data.length);
      const whole = runFastLz(startFastLz(), data, 0, data.length, stop);
      let sliced = startFastLz();
      while (sliced.position < stop && !isFastLzDone(sliced, data.length)) {
        const next = Math.min(stop, sliced.position + 1 + random.below(40));
        sliced = runFastLz(sliced, data, 0, data.length, next);
      }
      expect([round, sliced]).toEqual([round, whole]);
    }
  });

  test("makes progress of at most the step's bytes and a few", () => {
    const states = runAll(random.contents(110_000), () => FAST_LZ_STEP_BYTES);
    for (const [index, state] of states.slice(1).entries()) {
      const before = states[index] as FastLzState;
      expect(state.position - before.position).toBeGreaterThan(0);
      expect(state.position - before.position).toBeLessThanOrEqual(FAST_LZ_STEP_BYTES + 2);
    }
    expect(states.length - 1).toBeLessThanOrEqual(7);
  });

  test("refuses a window that is too small, and a result before the end", () => {
    const data = random.bytes(100);
    const { end } = fastLzWindow(startFastLz(), 100, 50);
    expect(end).toBe(52);
    const tooSmall = () => runFastLz(startFastLz(), data.subarray(0, 51), 0, 100, 50);
    expect(tooSmall).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_SLICE" }));
    const tooEarly = () => fastLzResult(startFastLz(), 100);
    expect(tooEarly).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_STATE" }));
  });
});
