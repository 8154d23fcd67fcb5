import { createRandom, type Random } from "../../../contracts/vectors/random.js";

/** One access of a step: read the key, then write the value (empty deletes). */
export interface TrieOperation {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A few keys that collide in many ways, and what is written under them. */
export interface TrieWorld {
  readonly random: Random;
  next(): TrieOperation;
}

/** Lengths around the limits of one-byte strings, inline nodes and long heads. */
const LENGTHS = [
  1, 2, 3, 20, 26, 27, 28, 29, 30, 31, 32, 33, 34, 52, 55, 56, 57, 110, 255, 256, 600,
];

/** The world of a seed: key length, shape of the key set, lengths of values and share of deletions all vary. */
export function createTrieWorld(seed: number): TrieWorld {
  const random = createRandom(seed);
  if (seed % 20 === 7) return createDeepWorld(random);
  // Most tries have hashes as keys; in short ones everything is inline.
  const keyBytes = random.below(4) > 0 ? 32 : 1 + random.below(8);
  const keys = createKeys(random, keyBytes);
  const shortShare = [0, 50, 100][random.below(3)] as number;
  const deleteShare = 20 + random.below(50);
  return {
    random,
    next: () => ({
      key: keys[random.below(keys.length)] as Uint8Array,
      value: random.below(100) < deleteShare ? new Uint8Array(0) : createValue(random, shortShare),
    }),
  };
}

/** One key and 64 more that leave it at each of its nibbles, so that a path has up to 64 branches; all are put in first. */
function createDeepWorld(random: Random): TrieWorld {
  const first = random.bytes(32);
  const keys = [first];
  for (let at = 0; at < 64; at++) {
    const key = first.slice();
    turnNibble(key, at, 1 + random.below(15));
    keys.push(key);
  }
  const shortShare = 50 * random.below(2);
  let count = 0;
  return {
    random,
    next: () => {
      // The first key once more at the end: its path is the deepest then.
      const isFilling = count <= keys.length;
      return {
        key: keys[isFilling ? count++ % keys.length : random.below(keys.length)] as Uint8Array,
        value:
          isFilling || random.below(100) < 50 ? createValue(random, shortShare) : new Uint8Array(0),
      };
    },
  };
}

function createValue(random: Random, shortShare: number): Uint8Array {
  if (random.below(100) < shortShare) return Uint8Array.of(1 + random.below(0xff));
  const value = random.bytes(LENGTHS[random.below(LENGTHS.length)] as number);
  // Few different contents, so that some leaves of different keys are equal.
  if (random.below(2) === 0) value.fill(1 + random.below(2));
  return value;
}

/** Each key is new, or leaves one that is there at some nibble: anywhere, near the end, or one nibble after the last one. */
function createKeys(random: Random, length: number): Uint8Array[] {
  const nibbles = 2 * length;
  const count = 2 + random.below(random.below(4) === 0 ? 70 : 24);
  const shape = random.below(4);
  const keys = [random.bytes(length)];
  for (let i = 1; i < count; i++) {
    if (random.below(20) === 0) {
      keys.push(random.bytes(length));
      continue;
    }
    const old = keys[shape === 2 ? 0 : random.below(keys.length)] as Uint8Array;
    const anywhere = random.below(nibbles);
    const nearEnd = nibbles - 1 - random.below(Math.min(4, nibbles));
    const at = shape === 0 ? anywhere : shape === 1 ? nearEnd : shape === 2 ? i % nibbles : i % 7;
    const key = old.slice();
    turnNibble(key, Math.min(at, nibbles - 1), 1 + random.below(15));
    // The rest is the old one's (equal leaves), or noise.
    const from = (Math.min(at, nibbles - 1) >> 1) + 1;
    if (random.below(2) === 0) key.set(random.bytes(length - from), from);
    keys.push(key);
  }
  return keys;
}

function turnNibble(key: Uint8Array, at: number, by: number): void {
  key[at >> 1] = (key[at >> 1] as number) ^ (at % 2 === 0 ? by << 4 : by);
}
