import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  type ModExpChunk,
  modExpChunk,
  modExpSlice,
  modExpSlices,
  startModExp,
  toWords,
} from "../../../src/proof/compute/modExpSlice.js";
import { type Hex, toHex } from "../../../src/util/hex.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall, printGas } from "./computeHarness.js";

const MAX_GAS_PER_SLICE = 8_000_000n;

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

describe(`ModExpSlice (seed ${SEED})`, () => {
  const random = createRandom(SEED);

  function run(
    acc: Uint8Array,
    base: Uint8Array,
    modulus: Uint8Array,
    chunk: ModExpChunk,
    hint: Uint8Array,
  ) {
    const numbers = [acc, base, modulus].map(toHex);
    return call("modExpSlice", [...numbers, chunk.value, chunk.bits, toHex(hint)]);
  }
  const hintOf = ({ acc, quotient }: { acc: Uint8Array; quotient: Uint8Array }) =>
    Uint8Array.from([...quotient, ...acc]);

  test("is the twin's in every slice", async () => {
    for (let round = 0; round < 15; round++) {
      const length = () => 1 + random.below([3, 40, 200][round % 3] as number);
      const [base, exponent] = [random.bytes(length() - 1), random.bytes(length())];
      const modulus = toWords(random.bytes(length()).fill(1, 0, 1));
      let acc = startModExp(modulus);
      for (let index = 0; index < Math.min(4, modExpSlices(exponent.length)); index++) {
        const chunk = modExpChunk(exponent, index);
        const args = [toHex(exponent), index];
        expect(await call("modExpChunk", args)).toEqual([chunk.value, BigInt(chunk.bits)]);
        const slice = modExpSlice(acc, base, modulus, chunk);
        const [next] = await run(acc, base, modulus, chunk, hintOf(slice));
        expect([round, index, next]).toEqual([round, index, toHex(slice.acc)]);
        acc = slice.acc;
      }
    }
  });

  test("is the twin's for moduli of ones and for the modulus 1", async () => {
    for (const modulus of [toWords(Uint8Array.of(1)), new Uint8Array(96).fill(255)]) {
      const base = new Uint8Array(97).fill(254);
      const chunk = { value: 2n ** 88n - 1n, bits: 88 };
      let acc = startModExp(modulus);
      for (let index = 0; index < 3; index++) {
        const slice = modExpSlice(acc, base, modulus, chunk);
        expect((await run(acc, base, modulus, chunk, hintOf(slice)))[0]).toBe(toHex(slice.acc));
        acc = slice.acc;
      }
    }
  });

  test("refuses every other quotient and remainder", async () => {
    const modulus = random.bytes(64).fill(255, 0, 1);
    const [base, chunk] = [random.bytes(64), { value: 12_345n, bits: 88 }];
    const acc = modExpSlice(startModExp(modulus), base, modulus, chunk).acc;
    const hint = hintOf(modExpSlice(acc, base, modulus, chunk));
    for (let at = 0; at < hint.length; at += 7) {
      const wrong = Uint8Array.from(hint);
      wrong[at] = (wrong[at] as number) ^ (1 << random.below(8));
      await expect(run(acc, base, modulus, chunk, wrong)).rejects.toThrow(
        /ModExpSlice(WrongHint|RemainderTooLarge)/,
      );
    }
    // The same sum with a quotient one lower: the remainder is then not below the modulus.
    const small = toWords(Uint8Array.of(10));
    const one = modExpSlice(startModExp(small), Uint8Array.of(7), small, { value: 2n, bits: 8 });
    expect([one.quotient[31], one.acc[31]]).toEqual([0, 9]);
    const lower = Uint8Array.from([...toWords(Uint8Array.of(0)), ...toWords(Uint8Array.of(19))]);
    await expect(
      run(startModExp(small), Uint8Array.of(7), small, { value: 2n, bits: 8 }, lower),
    ).rejects.toThrow("ModExpSliceRemainderTooLarge");
  });

  test("refuses a zero modulus, numbers that are too long, and a chunk that does not fit", async () => {
    const zero = new Uint8Array(32);
    const run32 = (
      chunk: ModExpChunk,
      modulus: Uint8Array = toWords(Uint8Array.of(5)),
      base: Uint8Array = zero,
    ) => run(zero, base, modulus, chunk, new Uint8Array(2 * modulus.length));
    await expect(run32({ value: 0n, bits: 8 }, zero)).rejects.toThrow("RemainderTooLarge");
    await expect(run32({ value: 256n, bits: 8 })).rejects.toThrow("ModExpSliceBadShape");
    await expect(run32({ value: 0n, bits: 96 })).rejects.toThrow("ModExpSliceBadShape");
    await expect(run32({ value: 0n, bits: 8 }, random.bytes(33 * 32))).rejects.toThrow("BadShape");
    await expect(run32({ value: 0n, bits: 8 }, undefined, random.bytes(1_025))).rejects.toThrow(
      "BadShape",
    );
    await expect(run32({ value: 0n, bits: 8 }, new Uint8Array(0))).rejects.toThrow("BadShape");
  });

  test("costs at most 8,000,000 gas at 1,024 bytes", async () => {
    const modulus = new Uint8Array(1_024).fill(255);
    const [acc, base] = [random.bytes(1_024).fill(1, 0, 1), random.bytes(1_024)];
    const chunk = { value: 2n ** 88n - 1n, bits: 88 };
    const [next, gas] = await run(
      acc,
      base,
      modulus,
      chunk,
      hintOf(modExpSlice(acc, base, modulus, chunk)),
    );
    expect((next as Hex).length).toBe(2 + 2 * 1_024);
    printGas("MODEXP, 88 bits at 1,024 bytes", gas as bigint);
    expect((gas as bigint) <= MAX_GAS_PER_SLICE).toBe(true);
  });
});
