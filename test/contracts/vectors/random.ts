import type { Address, Hash, Hex } from "../../../src/util/hex.js";
import { toHex } from "../../../src/util/hex.js";

/** Vectors per function: `FOVEA_VECTORS=500 npm run jest -- test/contracts/vectors` is quicker. */
export const VECTORS = Number(process.env.FOVEA_VECTORS ?? 10_000);

/** Seed of this run; `FOVEA_SEED` repeats one. It is part of the titles, so a failure names it. */
export const SEED = Number(process.env.FOVEA_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;

/** Edges of words and chunks. */
export const EDGE_LENGTHS = [0, 1, 31, 32, 33, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193];

export type Random = ReturnType<typeof createRandom>;

/** Random values from a seed (mulberry32), with many small, zero and largest ones among them. */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  }
  const below = (limit: number) => next() % limit;

  function bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = next();
    return out;
  }

  /** Bytes as transactions have them: noise, runs of zeros, repeated pieces, few symbols. */
  function contents(length: number): Uint8Array {
    const kind = below(5);
    const out = kind === 0 ? bytes(length) : new Uint8Array(length);
    for (let at = 0; kind > 0 && at < length; ) {
      const run = 1 + below(kind === 4 ? 600 : 40);
      const choice = below(kind + 1);
      if (choice === 0) out.set(bytes(Math.min(run, length - at)), at);
      if (choice === 1 && at > 0) {
        const from = below(at);
        const piece = out.slice(from, Math.min(at, from + run));
        out.set(piece.subarray(0, length - at), at);
      }
      if (choice === 2) out.fill(below(4), at, Math.min(length, at + run));
      at += run;
    }
    return out;
  }

  function uint(bits: number): bigint {
    const kind = below(8);
    if (kind === 0) return 0n;
    if (kind === 1) return (1n << BigInt(bits)) - 1n;
    const width = kind < 5 ? bits : 1 + below(bits);
    return BigInt(toHex(bytes(32))) & ((1n << BigInt(width)) - 1n);
  }

  const hash = (): Hash => toHex(bytes(32));
  const address = (): Address => `0x${uint(160).toString(16).padStart(40, "0")}`;
  const bool = () => below(2) === 1;
  const hex = (length: number): Hex => toHex(contents(length));
  return { below, bytes, contents, hex, uint, hash, address, bool };
}

/** The i-th length: the edges and the maximum first, then mostly short ones. */
export function lengthOf(index: number, random: Random, max: number): number {
  const edges = [...EDGE_LENGTHS, max - 1, max];
  const edge = edges[index];
  if (edge !== undefined) return Math.min(edge, max);
  const kind = random.below(100);
  if (kind < 80) return random.below(400);
  return random.below(kind < 99 ? 2_000 : 10_000);
}
