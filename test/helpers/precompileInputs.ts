import type { Random } from "../contracts/vectors/random.js";

/** Precompiles whose price can be tried with any input: all but the point evaluation, which needs a trusted setup. */
export const GAS_ADDRESSES: readonly number[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x100,
];

const ITEM_BYTES: Readonly<Record<number, number>> = { 8: 192, 12: 160, 14: 288, 15: 384 };
const EXACT_BYTES: Readonly<Record<number, number>> = {
  11: 256,
  13: 512,
  16: 64,
  17: 128,
  256: 160,
};

/** An input of a plausible length; mostly one that the precompile rejects after it has been paid. */
export function randomPrecompileInput(address: number, random: Random): Uint8Array {
  if (address === 5) {
    const length = () => random.below([2, 40, 200, 300][random.below(4)] as number);
    return modExpInput(length(), length(), length(), random);
  }
  if (address === 9) {
    // Rounds below 256, a valid flag.
    const input = random.bytes(213);
    input.fill(0, 0, 3);
    input[212] = random.below(2);
    return input;
  }
  const item = ITEM_BYTES[address];
  if (item !== undefined) return new Uint8Array(item * (1 + random.below(140)));
  return random.bytes(EXACT_BYTES[address] ?? random.below(300));
}

/** A MODEXP input with these lengths, sometimes cut short; the exponent often begins with zeroes. */
export function modExpInput(
  base: number,
  exponent: number,
  modulus: number,
  random: Random,
): Uint8Array {
  const input = new Uint8Array(96 + base + exponent + modulus);
  const view = new DataView(input.buffer);
  view.setUint32(28, base);
  view.setUint32(60, exponent);
  view.setUint32(92, modulus);
  input.set(random.bytes(base), 96);
  const significant = random.below(exponent + 1);
  input.set(random.bytes(significant), 96 + base + exponent - significant);
  input.set(random.bytes(modulus), 96 + base + exponent);
  return random.below(5) === 0 ? input.subarray(0, 96 + random.below(input.length - 95)) : input;
}
