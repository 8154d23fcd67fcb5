import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  type Blake2Start,
  finishBlake2,
  runBlake2,
  startBlake2,
} from "../../../src/proof/compute/blake2Rounds.js";
import { toHex } from "../../../src/util/hex.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall, printGas } from "./computeHarness.js";

const MAX_GAS_PER_ROUND = 3_000;

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

describe(`Blake2Rounds (seed ${SEED})`, () => {
  const random = createRandom(SEED);

  function inputOf(rounds: number, flag: number): Uint8Array {
    const input = random.bytes(213);
    new DataView(input.buffer).setUint32(0, rounds);
    input[212] = flag;
    return input;
  }

  test("gives the precompile's output in random slices, and the twin's state after each", async () => {
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
    const evm = await createEVM({ common });
    const to = createAddressFromString(`0x${"9".padStart(40, "0")}`);
    for (const rounds of [0, 1, 2, 9, 10, 11, 12, 43]) {
      const input = inputOf(rounds, random.below(2));
      const { v: start, m } = startBlake2(input) as Blake2Start;
      expect(await call("blake2Start", [toHex(input)])).toEqual([toHex(start), toHex(m)]);
      let v = start;
      for (let round = 0; round < rounds; ) {
        const end = Math.min(rounds, round + 1 + random.below(7));
        const [next] = await call("blake2Run", [toHex(v), toHex(m), round, end]);
        v = runBlake2(v, m, round, end);
        expect([rounds, end, next]).toEqual([rounds, end, toHex(v)]);
        round = end;
      }
      const { execResult } = await evm.runCall({ to, data: input, gasLimit: 1_000n });
      const output = toHex(finishBlake2(input, v));
      expect([rounds, output]).toEqual([rounds, toHex(execResult.returnValue)]);
      const halves = (await call("blake2Finish", [toHex(input), toHex(v)])) as string[];
      expect(`${halves[0]}${halves[1]?.slice(2)}`).toBe(output);
    }
  });

  test("refuses a flag that is neither 0 nor 1, in both languages", async () => {
    const input = inputOf(1, 2);
    expect(startBlake2(input)).toBeUndefined();
    await expect(call("blake2Start", [toHex(input)])).rejects.toThrow("Blake2RoundsBadFlag(2)");
  });

  test("costs at most 3,000 gas a round", async () => {
    const { v, m } = startBlake2(inputOf(12, 1)) as Blake2Start;
    const [, gas] = await call("blake2Run", [toHex(v), toHex(m), 5, 505]);
    const each = Math.ceil(Number(gas) / 500);
    printGas("BLAKE2b, a round", each);
    expect(each).toBeLessThanOrEqual(MAX_GAS_PER_ROUND);
  });
});
