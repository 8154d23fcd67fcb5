import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import { describe, expect, test } from "@jest/globals";
import {
  modExpChunk,
  modExpResult,
  modExpSlice,
  modExpSlices,
  startModExp,
  toWords,
} from "../../../src/proof/compute/modExpSlice.js";
import { createRandom, SEED } from "../../contracts/vectors/random.js";

/** All slices, as the machine runs them. */
function inSlices(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array {
  const words = toWords(modulus);
  if (words.every((byte) => byte === 0)) return modExpResult(undefined, modulus.length);
  let acc = startModExp(words);
  for (let index = 0; index < modExpSlices(exponent.length); index++) {
    acc = modExpSlice(acc, base, words, modExpChunk(exponent, index)).acc;
  }
  return modExpResult(acc, modulus.length);
}

describe(`MODEXP in slices (seed ${SEED})`, () => {
  const random = createRandom(SEED);
  const address = createAddressFromString(`0x${"5".padStart(40, "0")}`);

  test("gives the precompile's output, edges included", async () => {
    const evm = await createEVM({
      common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }),
    });
    const inputs: [Uint8Array, Uint8Array, Uint8Array][] = [
      [random.bytes(40), random.bytes(40), new Uint8Array(33)],
      [random.bytes(4), random.bytes(4), new Uint8Array(0)],
      [random.bytes(40), random.bytes(12), Uint8Array.of(1)],
      [random.bytes(40), random.bytes(12), Uint8Array.of(0, 0, 7)],
      [random.bytes(64), new Uint8Array(0), random.bytes(33)],
      [new Uint8Array(0), new Uint8Array(0), random.bytes(5)],
      [new Uint8Array(3), new Uint8Array(3), random.bytes(5)],
      [random.bytes(300), new Uint8Array(23).fill(0, 0, 12).fill(255, 12), random.bytes(31)],
      [random.bytes(1_024), random.bytes(60), random.bytes(1_024)],
    ];
    for (let round = 0; round < 60; round++) {
      const length = () => random.below([3, 40, 120][random.below(3)] as number);
      inputs.push([random.bytes(length()), random.bytes(length()), random.bytes(length())]);
    }
    for (const [base, exponent, modulus] of inputs) {
      const data = new Uint8Array(96 + base.length + exponent.length + modulus.length);
      const view = new DataView(data.buffer);
      for (const [at, part] of [base, exponent, modulus].entries())
        view.setUint32(32 * at + 28, part.length);
      data.set(base, 96);
      data.set(exponent, 96 + base.length);
      data.set(modulus, 96 + base.length + exponent.length);
      const { execResult } = await evm.runCall({ to: address, data, gasLimit: 10n ** 12n });
      const what = [base.length, exponent.length, modulus.length];
      expect([what, inSlices(base, exponent, modulus)]).toEqual([
        what,
        Uint8Array.from(execResult.returnValue),
      ]);
    }
  });

  test("takes at most 94 slices for the longest exponent", () => {
    expect(modExpSlices(1_024)).toBe(94);
    expect(modExpChunk(new Uint8Array(1_024).fill(255), 93)).toEqual({ value: 255n, bits: 8 });
    expect(modExpSlices(0)).toBe(0);
  });

  test("refuses a zero modulus, an accumulator that is too large, and a chunk behind the end", () => {
    const refused = (run: () => unknown, code: string) =>
      expect(run).toThrow(expect.objectContaining({ code }));
    const modulus = toWords(Uint8Array.of(9));
    refused(() => startModExp(new Uint8Array(32)), "COMPUTE_BAD_STATE");
    refused(
      () => modExpSlice(modulus, modulus, modulus, { value: 1n, bits: 8 }),
      "COMPUTE_BAD_STATE",
    );
    refused(() => modExpChunk(new Uint8Array(11), 1), "COMPUTE_BAD_SLICE");
  });
});
