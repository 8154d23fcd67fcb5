import { describe, expect, test } from "@jest/globals";
import { keccak256 } from "viem";
import {
  KECCAK_RATE,
  KECCAK_STATE_BYTES,
  keccakAbsorb,
  keccakFinish,
} from "../../../src/proof/compute/keccakSponge.js";
import { createRandom, SEED } from "../../contracts/vectors/random.js";

const random = createRandom(SEED);

/** Hashes in random slices of whole blocks. */
function inSlices(message: Uint8Array): Uint8Array {
  let state: Uint8Array = new Uint8Array(KECCAK_STATE_BYTES);
  let at = 0;
  while (message.length - at >= KECCAK_RATE) {
    const most = Math.floor((message.length - at) / KECCAK_RATE);
    const bytes = KECCAK_RATE * (1 + random.below(Math.min(most, 32)));
    state = keccakAbsorb(state, message.subarray(at, at + bytes));
    at += bytes;
  }
  return keccakFinish(state, message.subarray(at));
}

describe(`the keccak sponge in slices (seed ${SEED})`, () => {
  test("gives KECCAK256 for every length around a block's edges and for long inputs", () => {
    const lengths = [0, 1, 31, 134, 135, 136, 137, 271, 272, 273, 4_352, 70_000];
    for (const length of lengths) {
      const message = random.bytes(length);
      expect([length, inSlices(message)]).toEqual([length, keccak256(message, "bytes")]);
    }
  });

  test("keeps the state that it is given, and the last 24 bytes of a state zero", () => {
    const state = new Uint8Array(KECCAK_STATE_BYTES);
    const after = keccakAbsorb(state, new Uint8Array(KECCAK_RATE).fill(7));
    expect(state).toEqual(new Uint8Array(KECCAK_STATE_BYTES));
    expect(after.subarray(200)).toEqual(new Uint8Array(24));
    expect(keccakAbsorb(after, new Uint8Array(0))).toEqual(after);
  });

  test("refuses a state, blocks or a tail of a wrong size", () => {
    const state = new Uint8Array(KECCAK_STATE_BYTES);
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return "nothing thrown";
    };
    expect(code(() => keccakAbsorb(state.subarray(1), new Uint8Array(0)))).toBe(
      "COMPUTE_BAD_STATE",
    );
    expect(code(() => keccakAbsorb(state, new Uint8Array(135)))).toBe("COMPUTE_BAD_SLICE");
    expect(code(() => keccakFinish(state, new Uint8Array(136)))).toBe("COMPUTE_BAD_SLICE");
  });
});
