import { createMPT } from "@ethereumjs/mpt";
import { describe, expect, test } from "@jest/globals";
import { encodeRlp } from "../../../../src/engine/state/rlp.js";
import { NodeSet } from "../../../../src/proof/trie/nodeSet.js";
import { EMPTY_TRIE_ROOT, Trie } from "../../../../src/proof/trie/trie.js";
import { hasCode } from "../../../../src/util/errors.js";
import { EMPTY_BYTES, fromHex, toHex } from "../../../../src/util/hex.js";
import { keccak256, keccakHex } from "../../../../src/util/keccak.js";

/** A key of 4 bytes from 8 nibbles. */
const key = (nibbles: string) => fromHex(`0x${nibbles}`);
const short = (byte: number) => Uint8Array.of(byte);
const long = (byte: number) => new Uint8Array(40).fill(byte);

/** Puts all pairs into an empty trie. */
const build = (pairs: [string, Uint8Array][]) =>
  pairs.reduce((trie, [nibbles, value]) => trie.put(key(nibbles), value), Trie.empty());

/** The same trie with all its nodes behind hashes. */
function reopen(trie: Trie): { trie: Trie; nodes: NodeSet } {
  const nodes = new NodeSet();
  trie.collect(nodes.recorder);
  return { trie: Trie.open(trie.root(), nodes), nodes };
}

function record(run: (recorder: { node(rlp: Uint8Array): void }) => unknown): string[] {
  const hashes: string[] = [];
  run({ node: (rlp) => hashes.push(keccakHex(rlp)) });
  return hashes;
}

describe("values", () => {
  test("a trie without entries has the root keccak(0x80), also after everything was deleted", () => {
    expect(toHex(keccak256(Uint8Array.of(0x80)))).toBe(EMPTY_TRIE_ROOT);
    expect(Trie.empty().root()).toBe(EMPTY_TRIE_ROOT);
    const full = build([
      ["00000000", short(1)],
      ["00000001", short(2)],
    ]);
    const gone = full.put(key("00000000"), EMPTY_BYTES).put(key("00000001"), EMPTY_BYTES);
    expect(gone.root()).toBe(EMPTY_TRIE_ROOT);
    expect(Trie.open(EMPTY_TRIE_ROOT, new NodeSet()).get(key("00000000"))).toBeUndefined();
  });

  test("a put leaves the old trie as it was, and a put without effect returns the trie itself", () => {
    const before = build([
      ["12345678", long(1)],
      ["12345679", long(2)],
      ["92345679", long(3)],
    ]);
    const root = before.root();
    const after = before.put(key("12345678"), long(9)).put(key("92345679"), EMPTY_BYTES);
    expect(before.root()).toBe(root);
    expect(before.get(key("12345678"))).toEqual(long(1));
    expect(before.get(key("92345679"))).toEqual(long(3));
    expect(after.get(key("12345678"))).toEqual(long(9));
    expect(after.get(key("92345679"))).toBeUndefined();
    expect(before.put(key("12345678"), long(1))).toBe(before);
    expect(before.put(key("12345677"), EMPTY_BYTES)).toBe(before);
    const stored = reopen(before).trie;
    expect(stored.put(key("12345678"), long(1))).toBe(stored);
  });

  test("later changes of the caller's buffers do not reach the trie", () => {
    const value = long(1);
    const name = key("12345678");
    const trie = Trie.empty().put(name, value);
    value.fill(7);
    name.fill(7);
    expect(trie.get(key("12345678"))).toEqual(long(1));
    const root = trie.root();
    trie.rootBytes().fill(0);
    expect(trie.root()).toBe(root);
  });

  test("a key that ends inside another one is refused with PROOF_BAD_KEY", () => {
    const trie = build([
      ["12345678", long(1)],
      ["12346678", long(2)],
    ]);
    for (const bad of ["12", "1234", "1234567812"]) {
      expect(codeOf(() => trie.put(fromHex(`0x${bad}`), long(1)))).toBe("PROOF_BAD_KEY");
      expect(trie.get(fromHex(`0x${bad}`))).toBeUndefined();
      expect(trie.put(fromHex(`0x${bad}`), EMPTY_BYTES)).toBe(trie);
    }
  });

  test("a branch's value slot, which none of our tries uses, is an entry like any other", async () => {
    // Compared with tries built anew: a deletion in @ethereumjs/mpt forgets the value of a branch that has one child left.
    const buildReference = async (names: string[]) => {
      const reference = await createMPT();
      for (const name of names) await reference.put(fromHex(name), long(name.length));
      return reference;
    };
    const full = await buildReference(["0x12", "0x1234", "0x1256", "0x99"]);
    const nodes = new NodeSet();
    await full.walkTrie(full.root(), async (_, node, nibbles, walk) => {
      if (node === null) return;
      nodes.add(node.serialize());
      walk.allChildren(node, nibbles);
    });
    let trie = Trie.open(toHex(full.root()), nodes);
    expect(trie.get(fromHex("0x12"))).toEqual(long(4));
    const left = ["0x12", "0x1234", "0x1256", "0x99"];
    for (const name of ["0x1234", "0x1256", "0x99"]) {
      trie = trie.put(fromHex(name), EMPTY_BYTES);
      left.splice(left.indexOf(name), 1);
      expect(trie.root()).toBe(toHex((await buildReference(left)).root()));
    }
    expect(trie.get(fromHex("0x12"))).toEqual(long(4));
  });
});

describe("recordings", () => {
  test("a get records the nodes referenced by hash from the root downward, inline nodes inside their parent", () => {
    const { trie } = reopen(
      build([
        ["10000000", long(1)],
        ["11000000", short(1)],
        ["11000001", short(2)],
        ["20000000", long(2)],
      ]),
    );
    const top = record((recorder) => trie.get(key("30000000"), recorder));
    expect(top).toEqual([trie.root()]);
    const toLong = record((recorder) => trie.get(key("10000000"), recorder));
    expect(toLong).toHaveLength(3);
    expect(toLong[0]).toBe(trie.root());
    // The pair of short leaves is inline in the second branch.
    const toShort = record((recorder) => trie.get(key("11000001"), recorder));
    expect(toShort).toEqual(toLong.slice(0, 2));
  });

  test("a root shorter than a hash is recorded, an empty one is not", () => {
    const small = Trie.empty().put(key("00000000"), short(1));
    expect(record((recorder) => small.get(key("10000000"), recorder))).toEqual([small.root()]);
    expect(record((recorder) => Trie.empty().get(key("10000000"), recorder))).toEqual([]);
    expect(reopen(small).trie.get(key("00000000"))).toEqual(short(1));
  });

  test("recordings of a trie in memory and of the same trie behind hashes are equal", () => {
    const memory = build([
      ["10000000", long(1)],
      ["11000000", short(1)],
      ["11000001", short(2)],
      ["20000000", long(2)],
      ["20000001", long(3)],
    ]);
    const { trie } = reopen(memory);
    for (const name of ["10000000", "11000001", "20000001", "21000000"]) {
      const run = (from: Trie) =>
        record((recorder) => {
          from.get(key(name), recorder);
          from.put(key(name), EMPTY_BYTES, recorder);
        });
      expect(run(trie)).toEqual(
        run(
          build([
            ["10000000", long(1)],
            ["11000000", short(1)],
            ["11000001", short(2)],
            ["20000000", long(2)],
            ["20000001", long(3)],
          ]),
        ),
      );
    }
  });

  test.each<[string, [string, Uint8Array][], string, number]>([
    [
      "a leaf by hash is recorded",
      [
        ["10000000", long(1)],
        ["20000000", long(2)],
      ],
      "10000000",
      1,
    ],
    [
      "a branch by hash is recorded",
      [
        ["10000000", long(1)],
        ["20000000", long(2)],
        ["21000000", long(3)],
      ],
      "10000000",
      1,
    ],
    [
      "an extension by hash is recorded",
      [
        ["10000000", long(1)],
        ["20000000", long(2)],
        ["20000001", long(3)],
      ],
      "10000000",
      1,
    ],
    [
      "an inline leaf is not",
      [
        ["10000000", long(1)],
        ["10000001", long(2)],
        ["20000000", short(1)],
      ],
      "10000000",
      1,
    ],
    [
      "an inline leaf is not",
      [
        ["10000000", long(1)],
        ["20000000", short(1)],
      ],
      "10000000",
      0,
    ],
    [
      "nothing when two children are left",
      [
        ["10000000", long(1)],
        ["20000000", long(2)],
        ["30000000", long(3)],
      ],
      "10000000",
      0,
    ],
    ["nothing when the last entry goes", [["10000000", long(1)]], "10000000", 0],
  ])("a deletion that collapses a branch: %s", (_, pairs, name, count) => {
    const { trie, nodes } = reopen(build(pairs));
    const shown = record((recorder) => trie.put(key(name), EMPTY_BYTES, recorder));
    expect(shown).toHaveLength(count);
    for (const hash of shown) expect(nodes.node(hash as `0x${string}`)).toBeDefined();
    const rest = build(pairs.filter(([other]) => other !== name));
    expect(trie.put(key(name), EMPTY_BYTES).root()).toBe(rest.root());
  });

  test("puts that add or change record nothing", () => {
    const { trie } = reopen(
      build([
        ["10000000", long(1)],
        ["20000000", long(2)],
      ]),
    );
    for (const name of ["10000000", "11000000", "30000000"]) {
      expect(record((recorder) => trie.put(key(name), long(9), recorder))).toEqual([]);
    }
  });
});

describe("nodes from outside", () => {
  test("a node that the source lacks is PROOF_NODE_MISSING with its hash", () => {
    const trie = build([
      ["10000000", long(1)],
      ["20000000", long(2)],
    ]);
    const shown: Uint8Array[] = [];
    trie.get(key("10000000"), { node: (rlp) => shown.push(rlp) });
    const partial = Trie.open(trie.root(), new NodeSet(shown));
    expect(partial.get(key("10000000"))).toEqual(long(1));
    let error: unknown;
    try {
      partial.put(key("10000000"), EMPTY_BYTES);
    } catch (thrown) {
      error = thrown;
    }
    expect(hasCode(error, "PROOF_NODE_MISSING")).toBe(true);
    const missing = record((recorder) => trie.put(key("10000000"), EMPTY_BYTES, recorder));
    expect((error as { data: unknown }).data).toEqual({ hash: missing[0] });
    expect(codeOf(() => Trie.empty().get(key("10000000")))).toBeUndefined();
  });

  test("bytes with another hash are refused", () => {
    const source = { node: () => encodeRlp([Uint8Array.of(0x20), short(1)]) };
    expect(codeOf(() => Trie.open(`0x${"11".repeat(32)}`, source).get(key("00000000")))).toBe(
      "PROOF_BAD_NODE",
    );
  });

  const hash = new Uint8Array(32).fill(7);
  const inlineLeaf = [Uint8Array.of(0x31), short(1)];
  const branch = (children: Parameters<typeof encodeRlp>[0][], value = EMPTY_BYTES) => [
    ...children,
    ...new Array(16 - children.length).fill(EMPTY_BYTES),
    value,
  ];
  test.each<[string, Uint8Array]>([
    ["nothing", EMPTY_BYTES],
    ["a string", encodeRlp(hash)],
    ["an empty list", encodeRlp([])],
    ["three items", encodeRlp([hash, hash, hash])],
    ["bytes left over", Uint8Array.of(...encodeRlp([Uint8Array.of(0x20), hash]), 0)],
    ["a list cut short", encodeRlp([Uint8Array.of(0x20), hash]).subarray(0, 20)],
    ["a byte with a head", Uint8Array.of(0xc4, 0x81, 0x20, 0x81, 0x80)],
    ["a long head for a short list", Uint8Array.of(0xf8, 0x02, 0x20, 0x01)],
    ["a path that is a list", encodeRlp([[], hash])],
    ["an empty path", encodeRlp([EMPTY_BYTES, hash])],
    ["unknown flags", encodeRlp([Uint8Array.of(0x40), hash])],
    ["a padded path", encodeRlp([Uint8Array.of(0x21), hash])],
    ["a leaf without value", encodeRlp([Uint8Array.of(0x20), EMPTY_BYTES])],
    ["a leaf whose value is a list", encodeRlp([Uint8Array.of(0x20), [hash]])],
    ["an extension without path", encodeRlp([Uint8Array.of(0x00), hash])],
    ["an extension to nothing", encodeRlp([Uint8Array.of(0x11), EMPTY_BYTES])],
    ["an extension to 31 bytes", encodeRlp([Uint8Array.of(0x11), hash.subarray(1)])],
    ["an extension to a leaf", encodeRlp([Uint8Array.of(0x11), inlineLeaf])],
    [
      "an inline node of 32 bytes",
      encodeRlp(branch([hash, [Uint8Array.of(0x20), hash.subarray(3)]])),
    ],
    ["a branch with one entry", encodeRlp(branch([hash]))],
    ["a branch with no entry", encodeRlp(branch([]))],
    ["a branch whose value is a list", encodeRlp([...branch([hash, hash]).slice(0, 16), [hash]])],
    ["a child of 33 bytes", encodeRlp(branch([hash, new Uint8Array(33)]))],
  ])("a node that is %s is refused with PROOF_BAD_NODE", (_, rlp) => {
    const source = { node: () => rlp };
    expect(codeOf(() => Trie.open(keccakHex(rlp), source).get(key("00000000")))).toBe(
      "PROOF_BAD_NODE",
    );
  });

  test.each<[string, Uint8Array]>([
    ["a branch with inline children and a value", encodeRlp(branch([inlineLeaf, hash], short(5)))],
    [
      "an inline node of 31 bytes",
      encodeRlp(branch([hash, [Uint8Array.of(0x20), hash.subarray(4)]])),
    ],
    [
      "an extension with an inline branch",
      encodeRlp([Uint8Array.of(0x1f), branch([inlineLeaf, inlineLeaf])]),
    ],
  ])("a node that is %s is accepted and recorded byte for byte", (_, rlp) => {
    const trie = Trie.open(keccakHex(rlp), new NodeSet([rlp]));
    const shown: Uint8Array[] = [];
    trie.get(key("f1000000"), { node: (node) => shown.push(node) });
    expect(shown).toEqual([rlp]);
  });

  test("every byte string is either refused or a node that encodes to the same bytes", () => {
    const good = encodeRlp(branch([inlineLeaf, hash, inlineLeaf, hash], short(5)));
    let accepted = 0;
    for (let at = 0; at < good.length; at++) {
      for (const flip of [1, 0x10, 0x80, 0xff]) {
        const rlp = good.slice();
        rlp[at] = (rlp[at] as number) ^ flip;
        const shown: Uint8Array[] = [];
        const code = codeOf(() =>
          Trie.open(keccakHex(rlp), { node: () => rlp }).get(key("f0000000"), {
            node: (node) => shown.push(node),
          }),
        );
        if (code === "PROOF_BAD_NODE") continue;
        accepted++;
        expect(code).toBeUndefined();
        expect(shown[0]).toEqual(rlp);
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });
});

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
