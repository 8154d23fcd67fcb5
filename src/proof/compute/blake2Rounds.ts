import { ComputeError } from "./errors.js";

/** Bytes of the precompile's input: rounds, h, m, t, f. */
export const BLAKE2_INPUT_BYTES = 213;

const MASK = 2n ** 64n - 1n;
/** Fractions of the square roots of the first eight primes, as in SHA-512. */
const IV = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
];
/** RFC 7693, 2.7: the message schedule, one hexadecimal digit a number. */
const SIGMA = [
  "0123456789abcdef",
  "ea489fd61c02b753",
  "b8c052fdae367194",
  "7931dcbe265a40f8",
  "905724afe1bc683d",
  "2c6a0b834d75fe19",
  "c51fed4a0763928b",
  "db7ec13950f4862a",
  "6fe9b308c2d714a5",
  "a2847615fb9e3cd0",
].map((row) => Array.from(row, (digit) => Number.parseInt(digit, 16)));
/** Columns, then diagonals. */
const QUADS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/** State and message, 128 bytes each: 16 big-endian numbers, four to a word of the machine. */
export interface Blake2Start {
  readonly v: Uint8Array;
  readonly m: Uint8Array;
}

/**
 * What an input starts with; undefined if its flag is neither 0 nor 1: then the call fails.
 * Errors: COMPUTE_BAD_SLICE for an input of another length than 213.
 * Source: EIP-152; RFC 7693, 3.2.
 */
export function startBlake2(input: Uint8Array): Blake2Start | undefined {
  const view = viewOf(input, BLAKE2_INPUT_BYTES, "COMPUTE_BAD_SLICE");
  const flag = view.getUint8(212);
  if (flag > 1) return undefined;
  const read = (at: number) => view.getBigUint64(at, true);
  const v = [...Array.from({ length: 8 }, (_, index) => read(4 + 8 * index)), ...IV];
  v[12] = (v[12] as bigint) ^ read(196);
  v[13] = (v[13] as bigint) ^ read(204);
  if (flag === 1) v[14] = (v[14] as bigint) ^ MASK;
  return { v: pack(v), m: pack(Array.from({ length: 16 }, (_, index) => read(68 + 8 * index))) };
}

/**
 * Runs the rounds first..end-1. Shapes: `v` and `m` as in `Blake2Start`, not changed; a new state comes back.
 * Errors: COMPUTE_BAD_STATE.
 */
export function runBlake2(v: Uint8Array, m: Uint8Array, first: number, end: number): Uint8Array {
  const state = unpack(v);
  const message = unpack(m);
  for (let round = first; round < end; round++) {
    const order = SIGMA[round % SIGMA.length] as number[];
    for (const [index, quad] of QUADS.entries()) {
      const x = message[order[2 * index] as number] as bigint;
      mix(state, quad, x, message[order[2 * index + 1] as number] as bigint);
    }
  }
  return pack(state);
}

/** The 64 bytes of output, from the state after the last round. Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE. */
export function finishBlake2(input: Uint8Array, v: Uint8Array): Uint8Array {
  const view = viewOf(input, BLAKE2_INPUT_BYTES, "COMPUTE_BAD_SLICE");
  const state = unpack(v);
  const output = new DataView(new ArrayBuffer(64));
  for (let index = 0; index < 8; index++) {
    const h = view.getBigUint64(4 + 8 * index, true);
    const value = h ^ (state[index] as bigint) ^ (state[index + 8] as bigint);
    output.setBigUint64(8 * index, value, true);
  }
  return new Uint8Array(output.buffer);
}

/** G of RFC 7693, 3.1. */
function mix(v: bigint[], quad: readonly [number, number, number, number], x: bigint, y: bigint) {
  let [a, b, c, d] = quad.map((index) => v[index]) as [bigint, bigint, bigint, bigint];
  a = (a + b + x) & MASK;
  d = rotate(d ^ a, 32n);
  c = (c + d) & MASK;
  b = rotate(b ^ c, 24n);
  a = (a + b + y) & MASK;
  d = rotate(d ^ a, 16n);
  c = (c + d) & MASK;
  b = rotate(b ^ c, 63n);
  for (const [at, value] of [a, b, c, d].entries()) v[quad[at] as number] = value;
}

function rotate(value: bigint, by: bigint): bigint {
  return (value >> by) | ((value << (64n - by)) & MASK);
}

function viewOf(
  bytes: Uint8Array,
  length: number,
  code: "COMPUTE_BAD_STATE" | "COMPUTE_BAD_SLICE",
) {
  if (bytes.length !== length) throw new ComputeError(code, { length: bytes.length });
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function pack(numbers: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(128));
  for (const [index, value] of numbers.entries()) view.setBigUint64(8 * index, value);
  return new Uint8Array(view.buffer);
}

function unpack(bytes: Uint8Array): bigint[] {
  const view = viewOf(bytes, 128, "COMPUTE_BAD_STATE");
  return Array.from({ length: 16 }, (_, index) => view.getBigUint64(8 * index));
}
