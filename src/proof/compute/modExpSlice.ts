import { fromHex, toHex } from "../../util/hex.js";
import { ComputeError } from "./errors.js";

/** Bytes of the exponent in a slice, from the top; the last slice may have fewer. */
export const MODEXP_CHUNK_BYTES = 11;

/** The exponent's next bits. */
export interface ModExpChunk {
  readonly value: bigint;
  readonly bits: number;
}

/** What a slice yields: the new accumulator, and the quotient that the verifier needs as a hint. */
export interface ModExpSliceResult {
  readonly acc: Uint8Array;
  readonly quotient: Uint8Array;
}

/** Slices of an exponent of so many bytes; 0 for none, then the start is the result. */
export function modExpSlices(exponentLength: number): number {
  return Math.ceil(exponentLength / MODEXP_CHUNK_BYTES);
}

/**
 * The `index`-th chunk of an exponent from the top.
 * Errors: COMPUTE_BAD_SLICE when there is none.
 */
export function modExpChunk(exponent: Uint8Array, index: number): ModExpChunk {
  const start = MODEXP_CHUNK_BYTES * index;
  const bytes = exponent.subarray(start, start + MODEXP_CHUNK_BYTES);
  if (bytes.length === 0) throw new ComputeError("COMPUTE_BAD_SLICE", { index });
  return { value: toBig(bytes), bits: 8 * bytes.length };
}

/** A modulus as the machine holds it: whole words, zeroes in front. Empty for an empty one. */
export function toWords(number: Uint8Array): Uint8Array {
  const words = new Uint8Array(32 * Math.ceil(number.length / 32));
  words.set(number, words.length - number.length);
  return words;
}

/**
 * The accumulator in front of the first slice: 1 mod m.
 * Shapes: `modulus` whole words, not zero; as many come back.
 * Errors: COMPUTE_BAD_STATE.
 */
export function startModExp(modulus: Uint8Array): Uint8Array {
  return toBytes(1n % modulusOf(modulus), modulus.length);
}

/**
 * One slice: acc^(2^bits) * base^value mod m.
 * Shapes: `acc` and `modulus` whole words, equally many; `base` bytes, may be longer than the modulus; all big-endian.
 * Errors: COMPUTE_BAD_STATE for a zero modulus or an accumulator that is not below it.
 * Source: EIP-198.
 */
export function modExpSlice(
  acc: Uint8Array,
  base: Uint8Array,
  modulus: Uint8Array,
  chunk: ModExpChunk,
): ModExpSliceResult {
  const m = modulusOf(modulus);
  let x = toBig(acc);
  if (x >= m || acc.length !== modulus.length) {
    throw new ComputeError("COMPUTE_BAD_STATE", { length: acc.length });
  }
  for (let bit = 0; bit < chunk.bits; bit++) x = (x * x) % m;
  const product = x * power(toBig(base) % m, chunk.value, m);
  return {
    acc: toBytes(product % m, modulus.length),
    quotient: toBytes(product / m, modulus.length),
  };
}

/** The precompile's output, `length` bytes, from the last accumulator; zeroes for a zero modulus, whose accumulator is undefined. */
export function modExpResult(acc: Uint8Array | undefined, length: number): Uint8Array {
  return acc === undefined ? new Uint8Array(length) : acc.slice(acc.length - length);
}

function power(base: bigint, exponent: bigint, m: bigint): bigint {
  let result = 1n % m;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % m;
    if (bit === "1") result = (result * base) % m;
  }
  return result;
}

function modulusOf(modulus: Uint8Array): bigint {
  const m = toBig(modulus);
  if (m === 0n || modulus.length % 32 !== 0) {
    throw new ComputeError("COMPUTE_BAD_STATE", { length: modulus.length });
  }
  return m;
}

function toBig(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}

function toBytes(value: bigint, length: number): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(2 * length, "0")}`);
}
