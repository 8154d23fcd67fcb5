import { encodeRlp, integerToBytes } from "../../../engine/state/rlp.js";

/** Indices whose key is one byte below 0x80: all from 1 on. */
const SHORT_KEYS = 127;

/** Index of the transaction whose key has this rank in the trie of a block of `count` transactions. */
export function indexOfRank(rank: number, count: number): number {
  const short = Math.min(count - 1, SHORT_KEYS);
  if (rank < short) return rank + 1;
  return rank === short ? 0 : rank;
}

/** Key of an index as nibbles. */
export function keyOf(index: number): number[] {
  return [...encodeRlp(integerToBytes(index))].flatMap((byte) => [byte >> 4, byte & 15]);
}

/** A leaf's key and how much of it the keys around it have too; -1 without a neighbour. */
export interface LeafPlace {
  index: number;
  key: number[];
  sharedBefore: number;
  sharedAfter: number;
}

function shared(a: number[], b: number[]): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/** Place of a rank among `count`. Source: docs/protocol/machine.md#end-of-a-block */
export function leafPlace(rank: number, count: number): LeafPlace {
  const index = indexOfRank(rank, count);
  const key = keyOf(index);
  const withRank = (other: number): number => shared(key, keyOf(indexOfRank(other, count)));
  return {
    index,
    key,
    sharedBefore: rank > 0 ? withRank(rank - 1) : -1,
    sharedAfter: rank + 1 < count ? withRank(rank + 1) : -1,
  };
}
