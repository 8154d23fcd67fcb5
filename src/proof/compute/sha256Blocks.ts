import { ComputeError } from "./errors.js";
import { paddedTail } from "./merkleDamgard.js";

/** Bytes of a block. */
export const SHA256_BLOCK = 64;

const ROUNDS = 64;
const PRIMES = firstPrimes(ROUNDS);
/** First 32 bits of the fraction of the cube roots of the first 64 primes. */
const CONSTANTS = Uint32Array.from(PRIMES, (prime) => rootFraction(prime, 3n));
/** The same of the square roots of the first eight: FIPS 180-4, 5.3.3. */
const INITIAL = Uint32Array.from(PRIMES.slice(0, 8), (prime) => rootFraction(prime, 2n));

/** The state in front of a message: 32 bytes, H0..H7 big-endian. */
export function startSha256(): Uint8Array {
  return toBytes(INITIAL);
}

/**
 * Compresses whole blocks.
 * Shapes: `state` 32 bytes, not changed; `blocks` a multiple of 64 bytes; a new state comes back, after a padded message its digest.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 * Source: FIPS 180-4, 6.2.2.
 */
export function sha256Compress(state: Uint8Array, blocks: Uint8Array): Uint8Array {
  if (state.length !== 32) throw new ComputeError("COMPUTE_BAD_STATE", { length: state.length });
  if (blocks.length % SHA256_BLOCK !== 0) {
    throw new ComputeError("COMPUTE_BAD_SLICE", {
      length: blocks.length,
      multipleOf: SHA256_BLOCK,
    });
  }
  const hash = new Uint32Array(8);
  const from = new DataView(state.buffer, state.byteOffset, state.byteLength);
  for (let index = 0; index < 8; index++) hash[index] = from.getUint32(4 * index);
  const input = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const words = new Uint32Array(ROUNDS);
  for (let start = 0; start < blocks.length; start += SHA256_BLOCK) {
    for (let t = 0; t < 16; t++) words[t] = input.getUint32(start + 4 * t);
    compressBlock(hash, words);
  }
  return toBytes(hash);
}

/**
 * SHA-256 of a message, from the state after its whole blocks and the rest.
 * Shapes: `tail` has totalLength mod 64 bytes; 32 bytes come back.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 */
export function sha256Finish(state: Uint8Array, tail: Uint8Array, totalLength: number): Uint8Array {
  return sha256Compress(state, paddedTail(tail, totalLength, false));
}

/** One block, whose 16 words are the first of `words`; both arrays are rewritten. */
function compressBlock(hash: Uint32Array, words: Uint32Array): void {
  for (let t = 16; t < ROUNDS; t++) {
    const fifteen = words[t - 15] as number;
    const two = words[t - 2] as number;
    const sigma0 = rotate(fifteen, 7) ^ rotate(fifteen, 18) ^ (fifteen >>> 3);
    const sigma1 = rotate(two, 17) ^ rotate(two, 19) ^ (two >>> 10);
    words[t] = sigma1 + (words[t - 7] as number) + sigma0 + (words[t - 16] as number);
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let t = 0; t < ROUNDS; t++) {
    const choice = (e & f) ^ (~e & g);
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + sum1 + choice + (CONSTANTS[t] as number) + (words[t] as number)) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) {
    hash[index] = (hash[index] as number) + value;
  }
}

function rotate(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

function toBytes(words: Uint32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * words.length));
  for (const [index, word] of words.entries()) bytes.setUint32(4 * index, word);
  return new Uint8Array(bytes.buffer);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let next = 2; primes.length < count; next++) {
    if (primes.every((prime) => next % prime !== 0)) primes.push(next);
  }
  return primes;
}

/** Low 32 bits of floor(root(value) * 2^32), by bisection on whole numbers. */
function rootFraction(value: number, degree: bigint): number {
  const target = BigInt(value) << (32n * degree);
  let low = 0n;
  let high = BigInt(value) << 32n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}
