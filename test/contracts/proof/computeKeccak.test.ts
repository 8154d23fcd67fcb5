import { beforeAll, describe, expect, test } from "@jest/globals";
import { keccak256 } from "viem";
import {
  KECCAK_RATE,
  KECCAK_STATE_BYTES,
  keccakAbsorb,
} from "../../../src/proof/compute/keccakSponge.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall, printGas } from "./computeHarness.js";

const MAX_GAS_PER_PERMUTATION = 100_000;
const START = toHex(new Uint8Array(KECCAK_STATE_BYTES));

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

describe(`KeccakSponge (seed ${SEED})`, () => {
  const random = createRandom(SEED);

  test("gives KECCAK256 in random slices, and the twin's state after each", async () => {
    for (const length of [0, 1, 135, 136, 137, 271, 272, 1_000, 3_000]) {
      const message = random.bytes(length);
      let state: Hex = START;
      let at = 0;
      while (length - at >= KECCAK_RATE) {
        const most = Math.floor((length - at) / KECCAK_RATE);
        const bytes = KECCAK_RATE * (1 + random.below(most));
        const blocks = message.subarray(at, at + bytes);
        const expected = toHex(keccakAbsorb(fromHex(state), blocks));
        state = (await call("keccakAbsorb", [state, toHex(blocks)]))[0] as Hex;
        expect([length, at, state]).toEqual([length, at, expected]);
        at += bytes;
      }
      const finished = await call("keccakFinish", [state, toHex(message.subarray(at))]);
      expect([length, ...finished]).toEqual([length, keccak256(message), state]);
    }
  });

  test("leaves the state alone when there is no block", async () => {
    const state = toHex(random.bytes(200)) + "00".repeat(24);
    expect((await call("keccakAbsorb", [state, "0x"]))[0]).toBe(state);
  });

  test("refuses a tail that is a whole block", async () => {
    const tail = toHex(new Uint8Array(KECCAK_RATE));
    await expect(call("keccakFinish", [START, tail])).rejects.toThrow(
      "KeccakSpongeTailTooLong(136, 135)",
    );
  });

  test("costs at most 100,000 gas a permutation, 32 blocks in a call", async () => {
    const [, gas] = await call("keccakAbsorb", [START, toHex(random.bytes(32 * KECCAK_RATE))]);
    const each = Math.ceil(Number(gas) / 32);
    printGas("keccak-f[1600] with its block", each);
    expect(each).toBeLessThanOrEqual(MAX_GAS_PER_PERMUTATION);
  });
});
