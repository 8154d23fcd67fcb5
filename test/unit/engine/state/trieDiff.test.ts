import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { EMPTY_TRIE_ROOT, Trie } from "../../../../src/engine/state/trie.js";
import { diffTries, type TrieDifference } from "../../../../src/engine/state/trieDiff.js";
import { decodeNode, type TrieNode } from "../../../../src/engine/state/trieNode.js";
import { toHex } from "../../../../src/util/hex.js";
import { keccak256 } from "../../../../src/util/keccak.js";

type Entries = Map<string, string>;

/** Nodes by hash, and how many were read. */
class Nodes {
  readonly #stored = new Map<string, Uint8Array>();
  reads = 0;

  loadNode(hash: Uint8Array): TrieNode {
    this.reads++;
    const rlp = this.#stored.get(toHex(hash));
    if (!rlp) throw new Error("missing node");
    return decodeNode(hash, rlp);
  }

  change(root: Uint8Array, changes: Iterable<[Uint8Array, Uint8Array | undefined]>): Uint8Array {
    const trie = new Trie(this, root);
    for (const [key, value] of changes) value ? trie.put(key, value) : trie.del(key);
    return trie.commit((hash, rlp) => void this.#stored.set(toHex(hash), rlp));
  }
}

// Keys that share long and short prefixes, and values so short that nodes are embedded.
const key = fc.tuple(fc.nat(3), fc.constantFrom(0, 15, 31), fc.nat(2)).map(([start, at, value]) => {
  const bytes = new Uint8Array(32).fill(start * 16);
  bytes[at] = value;
  return bytes;
});
const changes = fc.array(
  fc.tuple(key, fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined })),
  { maxLength: 25 },
);

function expected(before: Entries, after: Entries): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((k) =>
    before.get(k) === after.get(k) ? [] : [`${k} ${before.get(k)} ${after.get(k)}`],
  );
}

function found(nodes: Nodes, from: Uint8Array, to: Uint8Array): string[] {
  const written = ({ key: k, before, after }: TrieDifference): string =>
    `${toHex(k)} ${before && toHex(before)} ${after && toHex(after)}`;
  return [...diffTries(nodes, from, to)].map(written).sort();
}

describe("diffTries", () => {
  test("names the entries in which two tries differ, both ways", () => {
    fc.assert(
      fc.property(changes, changes, (first, second) => {
        const nodes = new Nodes();
        const entries: Entries[] = [new Map(), new Map()];
        for (const [at, list] of [first, [...first, ...second]].entries()) {
          for (const [k, value] of list) {
            if (value) entries[at]?.set(toHex(k), toHex(value));
            else entries[at]?.delete(toHex(k));
          }
        }
        const [before = new Map(), after = new Map()] = entries;
        const a = nodes.change(EMPTY_TRIE_ROOT, first);
        const b = nodes.change(a, second);
        expect(found(nodes, a, b)).toEqual(expected(before, after));
        expect(found(nodes, b, a)).toEqual(expected(after, before));
        expect(found(nodes, EMPTY_TRIE_ROOT, b)).toEqual(expected(new Map(), after));
        expect([...diffTries(nodes, b, b)]).toEqual([]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("reads only the paths that differ", () => {
    const nodes = new Nodes();
    const numbered = (i: number): Uint8Array => keccak256(Uint8Array.of(i >> 8, i & 255));
    const all = Array.from({ length: 5_000 }, (_, i): [Uint8Array, Uint8Array] => [
      numbered(i),
      numbered(i),
    ]);
    const a = nodes.change(EMPTY_TRIE_ROOT, all);
    const b = nodes.change(a, [[numbered(7), numbered(8)]]);
    nodes.reads = 0;
    expect([...diffTries(nodes, a, b)]).toHaveLength(1);
    expect(nodes.reads).toBeLessThan(20);
  });
});
