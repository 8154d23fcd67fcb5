import type { Word } from "./types.js";
import { wordToBytes } from "./wordBytes.js";
import { hashPair, zeroNode } from "./zeroNodes.js";

/** A subtree of the state below the leaf level of its container. */
export interface Subtree {
  /** Levels below its root. */
  readonly depth: number;
  /** Shapes: level 0 is the root, level `depth` the words; 32 bytes, not to be changed. */
  node(level: number, index: number): Uint8Array;
}

/** A word or a root. */
export type Leaf = Word | Uint8Array;

/** The 32 bytes of a leaf. */
export function leafBytes(leaf: Leaf): Uint8Array {
  return typeof leaf === "bigint" ? wordToBytes(leaf) : leaf;
}

/** 2^depth leaves, of which the ones that are not given are 0. */
export class Vector implements Subtree {
  readonly depth: number;
  readonly #leaves: readonly Leaf[];
  /** All leaves from here on are 0. */
  readonly #used: number;

  constructor(depth: number, leaves: readonly Leaf[]) {
    this.depth = depth;
    this.#leaves = leaves;
    let used = leaves.length;
    while (used > 0 && leaves[used - 1] === 0n) used--;
    this.#used = used;
  }

  node(level: number, index: number): Uint8Array {
    const height = this.depth - level;
    if (index * 2 ** height >= this.#used) return zeroNode(height);
    if (height === 0) return leafBytes(this.#leaves[index] as Leaf);
    return hashPair(this.node(level + 1, 2 * index), this.node(level + 1, 2 * index + 1));
  }
}

/** The 8 words of a bloom. Shapes: 256 bytes. */
export function bloomVector(bloom: Uint8Array): Vector {
  const words: Uint8Array[] = [];
  for (let at = 0; at < 256; at += 32) words.push(bloom.subarray(at, at + 32));
  return new Vector(3, words);
}
