import { createMPT, type MerklePatriciaTrie } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ProofLibHarness } from "../../../src/contracts/generated/ProofLibHarness.js";
import { type Hash, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { collapseNodes, pathNodes } from "../../helpers/mptWitness.js";
import { packWitness } from "../../helpers/packedWitness.js";
import { type CallOutcome, type SolidityContract, SolidityVm } from "../../helpers/solidityVm.js";
import { createRandom, SEED } from "../vectors/random.js";
import { runTrie } from "./trieRun.js";

/** `FOVEA_TRIE_RUNS=10000 npm run jest -- test/contracts/proof/mptTrie` is the long run. */
const RUNS = Number(process.env.FOVEA_TRIE_RUNS ?? 500);
const GAS = 30_000_000n;
const EMPTY_ROOT: Hash = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

let harness: SolidityContract;
beforeAll(async () => {
  harness = await (await SolidityVm.create()).deploy(ProofLibHarness);
});

/** A key of these nibbles, then `fill`. */
const keyOf = (nibbles: string, fill = "0"): Hash => `0x${nibbles.padEnd(64, fill)}`;
const bytesOf = (hex: Hex) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
const LONG = new Uint8Array(40).fill(7);

async function trieOf(entries: readonly (readonly [Hash, Uint8Array])[]) {
  const trie = await createMPT({ useRootPersistence: false });
  for (const [key, value] of entries) await trie.put(bytesOf(key), value);
  return trie;
}

const callTrie = (nodes: readonly Uint8Array[], root: Hash, key: Hash, value?: Uint8Array) =>
  harness.call(
    "trie",
    [packWitness({ nodes }), root, key, value !== undefined, toHex(value ?? new Uint8Array(0))],
    GAS,
  );

/** Sets or deletes in both; compares the roots and returns the contract's outcome. */
async function change(trie: MerklePatriciaTrie, key: Hash, value: Uint8Array) {
  const root = toHex(trie.root());
  const bytes = bytesOf(key);
  const siblings = value.length === 0 ? await collapseNodes(trie, bytes) : [];
  const nodes = [...(await pathNodes(trie, bytes)), ...siblings];
  await (value.length === 0 ? trie.del(bytes) : trie.put(bytes, value));
  const outcome = await callTrie(nodes, root, key, value);
  expect(outcome.ok ? outcome.values[1] : outcome.error).toBe(toHex(trie.root()));
  return { outcome, nodes, siblings };
}

const gasOf = (outcome: CallOutcome) => (outcome.ok ? (outcome.values[2] as bigint) : 0n);

describe("MptTrie against the reference trie", () => {
  test(`answers ${RUNS} random operations the same (seed ${SEED})`, async () => {
    const run = await runTrie(harness, createRandom(SEED), RUNS);
    const { operations, mismatches, ...met } = run;
    process.stdout.write(
      `${operations} operations, ${mismatches.length} mismatches ${JSON.stringify(met)}\n`,
    );
    expect(mismatches).toEqual([]);
    expect(operations).toBe(RUNS);
    for (const [what, count] of Object.entries(met)) {
      expect({ what, isMet: count > 0 }).toEqual({ what, isMet: true });
    }
  }, 3_600_000);

  test("forks a leaf at its first nibble, in the middle and at its last", async () => {
    for (const value of [LONG, Uint8Array.of(1)]) {
      for (const at of [0, 1, 31, 62, 63]) {
        const trie = await trieOf([[keyOf("", "a"), value]]);
        await change(trie, keyOf("a".repeat(at).concat("b"), "c"), value);
      }
    }
  });

  test("forks an extension at its first nibble, in the middle and at its last", async () => {
    for (const value of [LONG, Uint8Array.of(1)]) {
      for (const length of [1, 2, 6, 63]) {
        for (const at of new Set([0, length >> 1, length - 1])) {
          const shared = "a".repeat(length);
          const trie = await trieOf([
            [keyOf(`${shared}1`), value],
            [keyOf(`${shared}2`), value],
          ]);
          await change(trie, keyOf("a".repeat(at).concat("b")), value);
          await change(trie, keyOf("a".repeat(at).concat("b")), new Uint8Array(0));
        }
      }
    }
  });

  test("collapses a branch into a leaf, an extension and a branch, below a branch, an extension and nothing", async () => {
    const above: Record<string, (readonly [Hash, Uint8Array])[]> = {
      nothing: [],
      branch: [[keyOf("f"), LONG]],
    };
    const prefixes = ["", "a", "abc"];
    const below: Record<string, string[]> = {
      leaf: ["1"],
      extension: ["1231", "1232"],
      branch: ["11", "12"],
    };
    for (const value of [LONG, Uint8Array.of(5)]) {
      for (const [name, others] of Object.entries(above)) {
        for (const prefix of prefixes) {
          for (const [kind, tails] of Object.entries(below)) {
            // With a fill of small values the nodes are short enough to stand inside their parents.
            const pad = value === LONG ? "" : "0".repeat(56 - prefix.length);
            const entries = tails.map((tail) => [keyOf(prefix + pad + tail), value] as const);
            const gone = keyOf(`${prefix + pad}2`);
            const trie = await trieOf([...others, ...entries, [gone, value]]);
            const { siblings } = await change(trie, gone, new Uint8Array(0));
            const isByHash = siblings.length > 0;
            if (value === LONG)
              expect({ name, prefix, kind, isByHash }).toMatchObject({ isByHash });
          }
        }
      }
    }
  });

  test("fills and empties a trie one by one, and leaves an absent key alone", async () => {
    const keys = Array.from({ length: 20 }, (_, i) => keyOf(`7${"0".repeat(i)}1`));
    const trie = await trieOf([]);
    for (const key of keys) await change(trie, key, LONG);
    for (const key of keys) await change(trie, `${key.slice(0, -1)}f` as Hash, new Uint8Array(0));
    for (const key of keys) await change(trie, key, new Uint8Array(0));
    expect(toHex(trie.root())).toBe(EMPTY_ROOT);
    await change(trie, keyOf("1"), new Uint8Array(0));
  });
});

describe("MptTrie refuses", () => {
  const nodes = [LONG];
  test("a node that is not the one referred to, with both hashes", async () => {
    expect(await callTrie(nodes, ZERO_HASH, keyOf(""))).toMatchObject({
      error: "BadNodeHash",
      args: [keccakHex(LONG), ZERO_HASH],
    });
  });

  test("a witness with too few nodes, or with more", async () => {
    const trie = await trieOf([
      [keyOf("1"), LONG],
      [keyOf("2"), LONG],
    ]);
    const path = await pathNodes(trie, bytesOf(keyOf("1")));
    const root = toHex(trie.root());
    expect(path).toHaveLength(2);
    expect(await callTrie(path.slice(0, 1), root, keyOf("1"))).toMatchObject({
      error: "NodesExhausted",
    });
    expect(await callTrie([...path, LONG], root, keyOf("1"))).toMatchObject({
      error: "UnusedNodes",
    });
    // The sibling of a delete is missing.
    expect(await callTrie(path, root, keyOf("1"), new Uint8Array(0))).toMatchObject({
      error: "NodesExhausted",
    });
  });

  const hash = new Uint8Array(32).fill(9);
  const none = new Uint8Array(0);
  const leafPath = new Uint8Array(33).fill(0x11).fill(0x20, 0, 1);
  const branchOf = (...children: [number, unknown][]) =>
    Array.from({ length: 17 }, (_, i) => children.find(([n]) => n === i)?.[1] ?? none);
  const enc = (value: unknown) => RLP.encode(value as Parameters<typeof RLP.encode>[0]);
  const root: Record<string, Uint8Array> = {
    "no list": enc(LONG),
    "an empty list": enc([]),
    "one item": enc([LONG]),
    "three items": enc([leafPath, LONG, LONG]),
    "a list with a byte behind it": Uint8Array.from([...enc([leafPath, LONG]), 0]),
    "a list that ends early": enc([leafPath, LONG]).slice(0, -1),
    "a long header for a short list": Uint8Array.from([0xf8, 4, 0x82, 0x20, 0x11, 1]),
    "a leaf of too few nibbles": enc([leafPath.slice(0, 20), LONG]),
    "a leaf of too many nibbles": enc([Uint8Array.of(...leafPath, 1), LONG]),
    "a leaf without value": enc([leafPath, none]),
    "a leaf whose value is a list": enc([leafPath, [LONG]]),
    "a path with unknown flags": enc([leafPath.map((b, i) => (i ? b : 0x40)), LONG]),
    "a path padded with other than zero": enc([leafPath.map((b, i) => (i ? b : 0x21)), LONG]),
    "an extension without nibbles": enc([Uint8Array.of(0), hash]),
    "an extension to nothing": enc([Uint8Array.of(0x11), none]),
    "an extension to a short string": enc([Uint8Array.of(0x11), hash.slice(1)]),
    "an extension of the whole key": enc([leafPath.map((b, i) => (i ? b : 0)), hash]),
    "an extension to a leaf": enc([Uint8Array.of(0x11), [leafPath.slice(0, 2), Uint8Array.of(1)]]),
    "a branch of 16 items": enc(branchOf([1, hash], [2, hash]).slice(1)),
    "a branch of 18 items": enc([...branchOf([1, hash], [2, hash]), none]),
    "a branch with a value": enc(branchOf([1, hash], [2, hash], [16, LONG])),
    "a branch with one child": enc(branchOf([1, hash])),
    "a branch without children": enc(branchOf()),
    "a branch with a short string": enc(branchOf([1, hash], [2, hash.slice(1)])),
    "a branch with a byte": enc(branchOf([1, hash], [2, Uint8Array.of(5)])),
    "a branch with a long inline child": enc(branchOf([1, hash], [2, [hash]])),
    "a branch with an empty inline child": enc(branchOf([1, hash], [2, []])),
  };
  test.each(Object.entries(root))("%s", async (_, node) => {
    const outcome = await callTrie([node], keccakHex(node), keyOf("", "1"));
    expect(outcome).toMatchObject({ error: "BadNode" });
  });

  test("a short node by its hash", async () => {
    const short = enc([leafPath.slice(0, 2), Uint8Array.of(1)]);
    const child = bytesOf(keccakHex(short));
    const parent = enc(branchOf([1, child], [2, hash]));
    expect(await callTrie([parent, short], keccakHex(parent), keyOf("", "1"))).toMatchObject({
      error: "BadNode",
    });
  });
});

describe("MptTrie's gas", () => {
  /** A way of `depth` levels of full branches, then a leaf of an account's size. */
  async function measure(depth: number) {
    const entries: [Hash, Uint8Array][] = [];
    for (let level = 0; level < depth - 1; level++) {
      const path = "8".repeat(level);
      for (let n = 0; n < 16; n++) {
        if (n !== 8) entries.push([keyOf(path + n.toString(16), "3"), LONG]);
      }
    }
    const key = keyOf("8".repeat(depth - 1), "8");
    const trie = await trieOf([...entries, [key, new Uint8Array(78).fill(3)]]);
    const { outcome, nodes } = await change(trie, key, new Uint8Array(78).fill(4));
    expect(nodes).toHaveLength(depth);
    return { gas: gasOf(outcome), bytes: nodes.reduce((sum, node) => sum + node.length, 0) };
  }

  test.each([
    [9, 30_000n],
    [64, 250_000n],
  ])("of %d full levels, read and written, is at most %d", async (depth, limit) => {
    const { gas, bytes } = await measure(depth);
    process.stdout.write(`gas: trie of ${depth} levels (${bytes} bytes): load and save ${gas}\n`);
    expect(gas).toBeLessThanOrEqual(limit);
  });
});
