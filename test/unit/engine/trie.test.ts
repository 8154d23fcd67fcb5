import { createMerkleProof, createMPT, verifyMerkleProof } from "@ethereumjs/mpt";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { listRoot, Trie } from "../../../src/engine/state/trie.js";
import { decodeNode, type TrieNode } from "../../../src/engine/state/trieNode.js";
import { fromHex, toHex } from "../../../src/util/hex.js";
import { keccak256 } from "../../../src/util/keccak.js";

/** A node source that keeps what tries commit. */
function memoryNodes() {
  const stored = new Map<string, Uint8Array>();
  return {
    stored,
    sink: (hash: Uint8Array, rlp: Uint8Array) => void stored.set(toHex(hash), rlp),
    loadNode: (hash: Uint8Array): TrieNode => {
      const rlp = stored.get(toHex(hash));
      if (!rlp) throw new Error("missing node");
      return decodeNode(hash, rlp);
    },
  };
}

// Few distinct keys, close to each other, so that splits and merges happen; values from 1 to 40 bytes, so that nodes are embedded.
const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11), { minLength: 3, maxLength: 3 })
  .map((a) => Uint8Array.from(a));
const value = fc.uint8Array({ minLength: 1, maxLength: 40 });
const change = fc.record({ key, value: fc.option(value), commit: fc.boolean() });

describe("Trie", () => {
  test("has the root of @ethereumjs/mpt after any sequence of puts and deletions, and proofs that it accepts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 40 }), async (changes) => {
        const nodes = memoryNodes();
        const ours = new Trie(nodes);
        const theirs = await createMPT({});
        for (const { key, value, commit } of changes) {
          if (value) {
            ours.put(key, value);
            await theirs.put(key, value);
          } else {
            ours.del(key);
            await theirs.del(key);
          }
          if (commit) expect(toHex(ours.commit(nodes.sink))).toBe(toHex(theirs.root()));
        }
        const root = ours.commit(nodes.sink);
        expect(toHex(root)).toBe(toHex(theirs.root()));
        const reopened = new Trie(nodes, root);
        for (const { key } of changes) {
          const expected = await theirs.get(key);
          expect(reopened.get(key) ?? null).toEqual(expected);
          const proof = reopened.prove(key);
          // As geth, we give nodes that are embedded in their parent only there.
          const theirProof = (await createMerkleProof(theirs, key)).filter(
            (rlp, i) => i === 0 || rlp.length >= 32,
          );
          expect(proof.map(toHex)).toEqual(theirProof.map(toHex));
          if (proof.length > 0) expect(await verifyMerkleProof(key, proof)).toEqual(expected);
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("equals @ethereumjs/mpt on thousands of hashed keys, with deletions", async () => {
    const nodes = memoryNodes();
    const theirs = await createMPT({});
    let root = new Trie().commit();
    for (let round = 0; round < 5; round++) {
      const ours = new Trie(nodes, root);
      for (let i = 0; i < 300; i++) {
        const k = keccak256(fromHex(`0x${(i * (round + 1)).toString(16).padStart(8, "0")}`));
        if ((i + round) % 3 === 0) {
          ours.del(k);
          await theirs.del(k);
        } else {
          ours.put(k, k.subarray(round * 4));
          await theirs.put(k, k.subarray(round * 4));
        }
      }
      root = ours.commit(nodes.sink);
      expect(toHex(root)).toBe(toHex(theirs.root()));
    }
  });

  test("listRoot is the root of items under the RLP of their index", async () => {
    const { encodeRlp, integerToBytes } = await import("../../../src/engine/state/rlp.js");
    const items = Array.from({ length: 300 }, (_, i) => keccak256(Uint8Array.of(i & 0xff, i >> 8)));
    const theirs = await createMPT({});
    for (const [i, item] of items.entries()) await theirs.put(encodeRlp(integerToBytes(i)), item);
    expect(toHex(listRoot(items))).toBe(toHex(theirs.root()));
  });
});
