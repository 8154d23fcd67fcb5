import { ComputeError } from "./errors.js";
import { paddedTail } from "./merkleDamgard.js";

/** Bytes of a block. */
export const RIPEMD160_BLOCK = 64;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const LEFT_CONSTANTS = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];
const RIGHT_CONSTANTS = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0];
/** The paper's permutation of message words from one round to the next, the same on both lines. */
const RHO = [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8];
/** Shifts by round and message word, the same on both lines. */
const SHIFTS = [
  [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
  [12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7],
  [13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9],
  [14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6],
  [15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5],
];
const IDENTITY = Array.from({ length: 16 }, (_, index) => index);
/** The right line begins with every ninth word, from the fifth. */
const PI = IDENTITY.map((index) => (9 * index + 5) % 16);

type Mix = (x: number, y: number, z: number) => number;
const MIXES: readonly Mix[] = [
  (x, y, z) => x ^ y ^ z,
  (x, y, z) => (x & y) | (~x & z),
  (x, y, z) => (x | ~y) ^ z,
  (x, y, z) => (x & z) | (y & ~z),
  (x, y, z) => x ^ (y | ~z),
];

/** The state in front of a message: 20 bytes, h0..h4 big-endian, as the machine holds them in a word. */
export function startRipemd160(): Uint8Array {
  return toBytes(INITIAL, false);
}

/**
 * Compresses whole blocks.
 * Shapes: `state` 20 bytes, not changed; `blocks` a multiple of 64 bytes; a new state comes back.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 * Source: RIPEMD-160, a strengthened version of RIPEMD (1996), appendix A.
 */
export function ripemd160Compress(state: Uint8Array, blocks: Uint8Array): Uint8Array {
  if (state.length !== 20) throw new ComputeError("COMPUTE_BAD_STATE", { length: state.length });
  if (blocks.length % RIPEMD160_BLOCK !== 0) {
    const data = { length: blocks.length, multipleOf: RIPEMD160_BLOCK };
    throw new ComputeError("COMPUTE_BAD_SLICE", data);
  }
  let hash = toWords(state, false);
  for (let start = 0; start < blocks.length; start += RIPEMD160_BLOCK) {
    const message = toWords(blocks.subarray(start, start + RIPEMD160_BLOCK), true);
    const left = runLine(hash, message, IDENTITY, LEFT_CONSTANTS, MIXES);
    const right = runLine(hash, message, PI, RIGHT_CONSTANTS, MIXES.toReversed());
    // h0 := h1 + C + D', and so on around.
    hash = hash.map((_, index) => {
      const part = (words: number[], by: number) => words[(index + by) % 5] as number;
      return (part(hash, 1) + part(left, 2) + part(right, 3)) | 0;
    });
  }
  return toBytes(hash, false);
}

/**
 * RIPEMD-160 of a message, from the state after its whole blocks and the rest.
 * Shapes: `tail` has totalLength mod 64 bytes; 20 bytes come back.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 */
export function ripemd160Finish(
  state: Uint8Array,
  tail: Uint8Array,
  totalLength: number,
): Uint8Array {
  const last = ripemd160Compress(state, paddedTail(tail, totalLength, true));
  return toBytes(toWords(last, false), true);
}

/** 80 steps of one line. */
function runLine(
  hash: readonly number[],
  message: readonly number[],
  firstOrder: readonly number[],
  constants: readonly number[],
  mixes: readonly Mix[],
): number[] {
  let [a, b, c, d, e] = hash as [number, number, number, number, number];
  let order = firstOrder;
  for (let round = 0; round < 5; round++) {
    const mix = mixes[round] as Mix;
    const constant = constants[round] as number;
    const shifts = SHIFTS[round] as number[];
    for (const word of order) {
      const sum = (a + mix(b, c, d) + (message[word] as number) + constant) | 0;
      const turned = (rotate(sum, shifts[word] as number) + e) | 0;
      a = e;
      e = d;
      d = rotate(c, 10);
      c = b;
      b = turned;
    }
    order = order.map((word) => RHO[word] as number);
  }
  return [a, b, c, d, e];
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function toWords(bytes: Uint8Array, isLittleEndian: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / 4;
  return Array.from({ length: count }, (_, at) => view.getInt32(4 * at, isLittleEndian));
}

function toBytes(words: readonly number[], isLittleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (const [at, word] of words.entries()) view.setInt32(4 * at, word, isLittleEndian);
  return new Uint8Array(view.buffer);
}
