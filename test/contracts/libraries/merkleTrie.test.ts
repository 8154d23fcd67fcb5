import { RLP } from "@ethereumjs/rlp";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { keccak256, toHex as toHexValue } from "viem";
import { LibraryHarness } from "../../../src/contracts/generated/LibraryHarness.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { type Contract, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { buildTrie } from "../../helpers/trieProof.js";

type Nested = Hex | Nested[];
const REJECTED = 0;
const ACCEPTED = 1;
const EMPTY = "0x" as Hex;

let anvil: TestAnvil;
let harness: Contract;

beforeAll(async () => {
  anvil = await startAnvil({ gasLimit: 10n ** 11n });
  harness = await anvil.deploy(LibraryHarness);
});
afterAll(() => anvil.close());

const call = (root: Hex, key: Hex, proof: readonly Hex[]) => ({
  ...harness,
  functionName: "trieGet",
  args: [root, key, proof],
});
const get = (root: Hex, key: Hex, proof: readonly Hex[]) => anvil.read<Hex>(call(root, key, proof));
const outcomes = (root: Hex, key: Hex, proofs: readonly (readonly Hex[])[]) =>
  anvil.read<number[]>({ ...harness, functionName: "trieOutcomes", args: [root, key, proofs] });

/** Small generator of numbers below a bound; the same each time. */
function randomNumbers(seed: number) {
  let state = seed;
  return (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const encode = (node: Nested): Hex => toHex(RLP.encode(node as never));

/** Branch with the children given by nibble. */
function branch(children: Record<number, Nested>, value: Nested = EMPTY): Nested[] {
  return [...Array.from({ length: 16 }, (_, i) => children[i] ?? EMPTY), value];
}

/** Every proof that differs from this one in one byte. */
function mutations(proof: readonly Hex[]): Hex[][] {
  const all: Hex[][] = [];
  for (const [i, node] of proof.entries()) {
    const bytes = fromHex(node);
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at]! ^= mask;
        all.push(proof.map((other, j) => (j === i ? toHex(changed) : other)));
      }
    }
  }
  return all;
}

describe("MerkleTrie", () => {
  test("finds every value of random tries, with and without inline nodes listed", async () => {
    const random = randomNumbers(7);
    let inlineNodes = 0;
    for (let round = 0; round < 12; round++) {
      const entries = new Map<Hex, Hex>();
      // Short keys and values of few symbols: inline nodes, extensions, values in branches.
      const keyBytes = 1 + random(4);
      for (let i = 0; i < 40; i++) {
        const key = Array.from({ length: keyBytes }, () => [0x00, 0x01, 0x10, 0xf7][random(4)]!);
        const value = new Uint8Array(1 + random(round % 2 === 0 ? 3 : 60)).fill(1 + random(255));
        entries.set(toHex(new Uint8Array(key)), toHex(value));
      }
      const pairs = [...entries].map(([k, v]) => [fromHex(k), fromHex(v)] as const);
      const trie = await buildTrie(pairs, false);
      for (const [key, value] of entries) {
        const [full, short] = [await trie.fullProof(fromHex(key)), await trie.proof(fromHex(key))];
        inlineNodes += full.length - short.length;
        expect(await get(trie.root, key, full)).toBe(value);
        expect(await get(trie.root, key, short)).toBe(value);
      }
    }
    expect(inlineNodes).toBeGreaterThan(50);
  });

  test("finds values of a secure trie by the hashed key", async () => {
    const keys = Array.from({ length: 200 }, (_, i) => fromHex(toHexValue(i, { size: 32 })));
    const trie = await buildTrie(
      keys.map((key) => [key, new Uint8Array([1])]),
      true,
    );
    for (const key of keys.slice(0, 20)) {
      expect(await get(trie.root, keccak256(toHex(key)), await trie.proof(key))).toBe("0x01");
    }
    const absent = await outcomes(trie.root, keccak256("0x1234"), [await trie.proof(keys[0]!)]);
    expect(absent).toEqual([REJECTED]);
  });

  test("ends a key at the value of a branch", async () => {
    const pairs = ["0x12", "0x1234", "0x1256"].map((k) => [fromHex(k), fromHex("0xaabb")] as const);
    const trie = await buildTrie(pairs, false);
    expect(await get(trie.root, "0x12", await trie.proof(fromHex("0x12")))).toBe("0xaabb");
  });

  test("accepts no proof with a changed byte, and panics at none", async () => {
    const long = Array.from({ length: 60 }, (_, i) => fromHex(toHexValue(i, { size: 32 })));
    const secure = await buildTrie(
      long.map((key) => [key, new Uint8Array([1])]),
      true,
    );
    const inline = await buildTrie(
      ["0x1000", "0x1001", "0x1011", "0x2000"].map((k) => [fromHex(k), fromHex("0x0102")]),
      false,
    );
    const cases = [
      [secure.root, keccak256(toHex(long[7]!)), await secure.proof(long[7]!)],
      [inline.root, "0x1001", await inline.fullProof(fromHex("0x1001"))],
      [inline.root, "0x1001", await inline.proof(fromHex("0x1001"))],
    ] as const;
    for (const [root, key, proof] of cases) {
      expect(await outcomes(root, key, [proof])).toEqual([ACCEPTED]);
      const changed = mutations(proof);
      for (let i = 0; i < changed.length; i += 500) {
        const results = await outcomes(root, key, changed.slice(i, i + 500));
        expect(new Set(results)).toEqual(new Set([REJECTED]));
      }
    }
  });

  test("accepts no proof that lacks, repeats, swaps or adds a node", async () => {
    const keys = Array.from({ length: 300 }, (_, i) => fromHex(toHexValue(i, { size: 32 })));
    const trie = await buildTrie(
      keys.map((key) => [key, new Uint8Array([1])]),
      true,
    );
    const proof = await trie.proof(keys[3]!);
    expect(proof.length).toBeGreaterThanOrEqual(3);
    const changed: Hex[][] = [[], [...proof].reverse(), [...proof, "0x"], [...proof, "0x80"]];
    for (const i of proof.keys()) {
      changed.push(proof.filter((_, j) => j !== i));
      changed.push([...proof.slice(0, i + 1), ...proof.slice(i)]);
    }
    changed.push([...proof, proof[0]!]);
    const results = await outcomes(trie.root, keccak256(toHex(keys[3]!)), changed);
    expect(new Set(results)).toEqual(new Set([REJECTED]));
  });

  const bytes32 = `0x${"11".repeat(32)}` as Hex;
  const leaf = (path: Hex, value: Nested): Nested[] => [path, value];
  const malformed: [string, Hex, string][] = [
    ["no list", encode("0x0102030405"), "MerkleTrieBadNode"],
    ["nothing", EMPTY, "RlpReaderMalformed"],
    ["an empty list", encode([]), "MerkleTrieBadNode"],
    ["one item", encode(["0x20"]), "MerkleTrieBadNode"],
    ["three items", encode(["0x2012", "0x01", "0x01"]), "MerkleTrieBadNode"],
    ["sixteen items", encode(branch({}).slice(1)), "MerkleTrieBadNode"],
    ["eighteen items", encode([...branch({}), EMPTY]), "MerkleTrieBadNode"],
    ["bytes after its end", `${encode(leaf("0x2012", "0x01"))}00`, "MerkleTrieBadNode"],
    ["a long length for a short list", "0xf80482201201", "RlpReaderMalformed"],
    ["an item across its end", "0xc3832012", "RlpReaderMalformed"],
    ["a path that is a list", encode([["0x20"], "0x01"]), "MerkleTrieBadNode"],
    ["an empty path item", encode([EMPTY, "0x01"]), "MerkleTrieBadNode"],
    ["a flag above 3", encode(leaf("0x4012", "0x01")), "MerkleTrieBadNode"],
    ["a flag of 8", encode(leaf("0x8012", "0x01")), "MerkleTrieBadNode"],
    ["a dirty nibble after an even leaf flag", encode(leaf("0x2f12", "0x01")), "MerkleTrieBadNode"],
    [
      "a dirty nibble after an even extension flag",
      encode(leaf("0x0112", bytes32)),
      "MerkleTrieBadNode",
    ],
    ["an extension without path", encode(leaf("0x00", bytes32)), "MerkleTrieBadNode"],
    ["an extension above a leaf", encode(leaf("0x11", leaf("0x32", "0x01"))), "MerkleTrieBadNode"],
    [
      "an extension above an extension",
      encode(leaf("0x11", leaf("0x12", bytes32))),
      "MerkleTrieBadNode",
    ],
    ["an empty value", encode(leaf("0x2012", EMPTY)), "MerkleTrieKeyAbsent"],
    ["a value that is a list", encode(leaf("0x2012", ["0x01"])), "MerkleTrieBadNode"],
    ["an empty list as value", encode(leaf("0x2012", [])), "MerkleTrieBadNode"],
    ["another path", encode(leaf("0x2013", "0x01")), "MerkleTrieKeyAbsent"],
    ["a longer path", encode(leaf("0x201234", "0x01")), "MerkleTrieKeyAbsent"],
    ["a shorter path", encode(leaf("0x31", "0x01")), "MerkleTrieKeyAbsent"],
    ["an extension of another path", encode(leaf("0x12", bytes32)), "MerkleTrieKeyAbsent"],
    ["an extension beyond the key", encode(leaf("0x001234", bytes32)), "MerkleTrieKeyAbsent"],
    ["an absent child", encode(branch({ 2: bytes32 })), "MerkleTrieKeyAbsent"],
    ["a child of 31 bytes", encode(branch({ 1: `0x${"11".repeat(31)}` })), "MerkleTrieBadNode"],
    ["a child of 33 bytes", encode(branch({ 1: `0x${"11".repeat(33)}` })), "MerkleTrieBadNode"],
    [
      "an inline child of 32 bytes",
      encode(branch({ 1: leaf("0x32", `0x${"11".repeat(29)}`) })),
      "MerkleTrieBadNode",
    ],
    ["an inline empty list", encode(branch({ 1: [] })), "MerkleTrieBadNode"],
    ["a hash whose node is missing", encode(branch({ 1: bytes32 })), "MerkleTrieProofTooShort"],
    [
      "a branch without the value",
      encode(leaf("0x0012", branch({ 1: "0x01" }))),
      "MerkleTrieKeyAbsent",
    ],
  ];
  test.each(malformed)("rejects a node with %s", async (_, node, error) => {
    const revert = await anvil.revertOf(call(keccak256(node), "0x12", [node]));
    expect(revert.name).toBe(error);
  });

  test("rejects a root that is not the hash of the first node, and an empty proof", async () => {
    const node = encode(leaf("0x2012", "0x01"));
    expect(await get(keccak256(node), "0x12", [node])).toBe("0x01");
    const zero = `0x${"00".repeat(32)}` as Hex;
    expect((await anvil.revertOf(call(zero, "0x12", [node]))).name).toBe("MerkleTrieWrongNode");
    expect((await anvil.revertOf(call(keccak256("0x"), "0x12", []))).name).toBe(
      "MerkleTrieEmptyProof",
    );
  });

  test("rejects a short node behind a hash: it belongs inline", async () => {
    const child = encode(leaf("0x32", "0x01"));
    const node = encode(branch({ 1: keccak256(child) }));
    const revert = await anvil.revertOf(call(keccak256(node), "0x12", [node, child]));
    expect(revert.name).toBe("MerkleTrieWrongNode");
  });

  test("takes a listed inline node only if it is the one in its parent, and nothing after it", async () => {
    const child = leaf("0x32", "0x01");
    const node = encode(branch({ 1: child }));
    const root = keccak256(node);
    expect(await get(root, "0x12", [node])).toBe("0x01");
    expect(await get(root, "0x12", [node, encode(child)])).toBe("0x01");
    const other = await anvil.revertOf(call(root, "0x12", [node, encode(leaf("0x32", "0x02"))]));
    expect(other.name).toBe("MerkleTrieWrongNode");
    const twice = await anvil.revertOf(call(root, "0x12", [node, encode(child), encode(child)]));
    expect(twice.name).toBe("MerkleTrieProofTooLong");
    const longer = await anvil.revertOf(call(root, "0x12", [node, `${encode(child)}00`]));
    expect(longer.name).toBe("MerkleTrieWrongNode");
  });

  test("never panics, whatever bytes a root node has", async () => {
    const random = randomNumbers(99);
    const heads = [
      0x00, 0x20, 0x7f, 0x80, 0x82, 0xb7, 0xb8, 0xbf, 0xc0, 0xc3, 0xd0, 0xf7, 0xf8, 0xff,
    ];
    const nodes = Array.from({ length: 1500 }, () => {
      const body = Array.from({ length: random(24) }, () =>
        random(2) === 0 ? heads[random(heads.length)]! : random(256),
      );
      const isWrapped = random(3) > 0 && body.length < 56;
      return toHex(new Uint8Array(isWrapped ? [0xc0 + body.length, ...body] : body));
    });
    const results = await anvil.read<number[]>({
      ...harness,
      functionName: "trieNodeOutcomes",
      args: ["0x12", nodes],
    });
    expect(new Set(results)).not.toContain(2);
  });
});
