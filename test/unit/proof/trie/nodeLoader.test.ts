import { expect, test } from "@jest/globals";
import { loaderOf, NodeLoader } from "../../../../src/proof/trie/nodeLoader.js";
import { NodeSet } from "../../../../src/proof/trie/nodeSet.js";
import { Trie } from "../../../../src/proof/trie/trie.js";
import { createHashNode } from "../../../../src/proof/trie/trieNode.js";
import { fromHex, type Hash } from "../../../../src/util/hex.js";
import { keccakHex } from "../../../../src/util/keccak.js";

/** Ten leaves, and a source that counts what is asked of it. */
function createCounted() {
  const nodes = new NodeSet();
  const hashes: Hash[] = [];
  for (let i = 0; i < 10; i++) {
    const trie = Trie.empty().put(Uint8Array.of(i), new Uint8Array(40).fill(i));
    trie.collect(nodes.recorder);
    hashes.push(trie.root());
  }
  const asked: Hash[] = [];
  const source = {
    node: (hash: Hash) => {
      asked.push(hash);
      return nodes.node(hash);
    },
  };
  return { hashes, asked, source };
}

test("a node is read and decoded once, also by other tries over the same source", () => {
  const { hashes, asked, source } = createCounted();
  for (let i = 0; i < 3; i++) {
    expect(Trie.open(hashes[1] as Hash, source).get(Uint8Array.of(1))?.length).toBe(40);
  }
  expect(asked).toEqual([hashes[1]]);
  expect(loaderOf(source)).toBe(loaderOf(source));
});

test("what was used lately is kept, and the memory is two generations at most", () => {
  const { hashes, asked, source } = createCounted();
  const loader = new NodeLoader(source, 3);
  const load = (i: number) => loader.load(createHashNode(fromHex(hashes[i] as Hash)));
  for (let i = 1; i < 10; i++) {
    load(0);
    load(i);
  }
  const times = (i: number) => asked.filter((hash) => hash === hashes[i]).length;
  expect(times(0)).toBe(1);
  load(1);
  expect(times(1)).toBe(2);
  load(9);
  expect(times(9)).toBe(1);
});

test("a root in upper case opens the same trie", () => {
  const { hashes, source } = createCounted();
  const hash = hashes[2] as Hash;
  const trie = Trie.open(`0x${hash.slice(2).toUpperCase()}`, source);
  expect(trie.get(Uint8Array.of(2))?.length).toBe(40);
  expect(trie.root()).toBe(hash);
  const shown: Uint8Array[] = [];
  trie.get(Uint8Array.of(2), { node: (rlp) => shown.push(rlp) });
  expect(shown.map(keccakHex)).toEqual([hash]);
});
