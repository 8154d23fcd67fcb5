import { RLP } from "@ethereumjs/rlp";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ProofLibHarness } from "../../../src/contracts/generated/ProofLibHarness.js";
import { fromHex, type Hash, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { wordsRoot } from "../../helpers/packedWitness.js";
import { type SolidityContract, SolidityVm } from "../../helpers/solidityVm.js";
import { createRandom, SEED } from "../vectors/random.js";

const GAS = 60_000_000n;
const EMPTY_ROOT: Hash = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
const EMPTY_CODE: Hash = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";

let harness: SolidityContract;
beforeAll(async () => {
  harness = await (await SolidityVm.create()).deploy(ProofLibHarness);
});

const enc = (value: unknown): Hex => toHex(RLP.encode(value as Parameters<typeof RLP.encode>[0]));

describe("Zero and ByteTree", () => {
  test("know the roots of zero subtrees", async () => {
    for (let depth = 0; depth <= 30; depth++) {
      const [node, used] = await harness.read<[Hash, bigint]>("zero", [depth]);
      expect([depth, node]).toEqual([depth, wordsRoot([], depth)]);
      expect(Number(used)).toBeLessThan(250);
    }
    expect(await harness.call("zero", [31n], GAS)).toMatchObject({ error: "ZeroDepth" });
  });

  test("reduce words to the root of a subtree, and leave them as they are", async () => {
    const random = createRandom(SEED);
    for (const depth of [0, 1, 2, 3, 4, 5, 7, 12, 22, 30]) {
      const counts = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 100, 127, 128, 129, 1_000];
      for (const count of counts.filter((n) => n <= 2 ** depth)) {
        const leaves = Array.from({ length: count }, () => toHex(random.bytes(32)));
        const [node] = await harness.read<[Hash, bigint]>("byteTree", [leaves, depth], GAS);
        expect([depth, count, node]).toEqual([depth, count, wordsRoot(leaves, depth)]);
      }
    }
  });

  test("refuse more words than the subtree has leaves", async () => {
    const leaves = [ZERO_HASH, ZERO_HASH, ZERO_HASH];
    const error = { error: "ByteTreeDepth" };
    expect(await harness.call("byteTree", [leaves, 1], GAS)).toMatchObject(error);
    expect(await harness.call("byteTree", [leaves, 31], GAS)).toMatchObject(error);
  });

  test.each([
    [128, 7],
    [768, 12],
    [1_536, 12],
  ])("reduce %d words to depth %d at no more than 134 gas a word", async (count, depth) => {
    const leaves = Array.from({ length: count }, () => ZERO_HASH);
    const [, used] = await harness.read<[Hash, bigint]>("byteTree", [leaves, depth], GAS);
    process.stdout.write(`gas: ${count} words, depth ${depth}: ${used}\n`);
    expect(Number(used)).toBeLessThanOrEqual(134 * count);
  });

  test("copy exact windows, with zeros beyond the source's end", async () => {
    const random = createRandom(SEED + 1);
    for (let round = 0; round < 100; round++) {
      const src = random.bytes(random.below(80));
      const base = random.bytes(200);
      const [at, off, len] = [random.below(100), random.below(120), random.below(100)];
      const expected = base.slice();
      for (let i = 0; i < len; i++) expected[at + i] = src[off + i] ?? 0;
      const args = [toHex(base), at, toHex(src), off, len];
      expect([round, await harness.read("copyWindow", args)]).toEqual([round, toHex(expected)]);
    }
  });
});

describe("Rlp reads", () => {
  const filler = (bytes: number) => "11".repeat(bytes);
  test.each([
    ["0x00", false, 0n, 1n],
    ["0x7f", false, 0n, 1n],
    ["0x80", false, 1n, 0n],
    ["0x8180", false, 1n, 1n],
    [`0xb7${filler(55)}`, false, 1n, 55n],
    [`0xb838${filler(56)}`, false, 2n, 56n],
    [`0xb90100${filler(256)}`, false, 3n, 256n],
    ["0xc0", true, 1n, 0n],
    ["0xc101", true, 1n, 1n],
    [`0xf7${filler(55)}`, true, 1n, 55n],
    [`0xf838${filler(56)}`, true, 2n, 56n],
    [`0x8180${filler(9)}`, false, 1n, 1n],
  ] as const)("%s", async (hex, isList, offset, len) => {
    expect(await harness.read("rlpItem", [hex])).toEqual([true, isList, offset, len]);
  });

  test.each([
    ["nothing", "0x"],
    ["a small byte in long form", "0x8100"],
    ["a string that ends early", "0x8200"],
    ["a list that ends early", "0xc3010203".slice(0, 8)],
    ["a long form for a short string", `0xb837${filler(55)}`],
    ["a long form for a short list", `0xf837${filler(55)}`],
    ["a size with a leading zero", `0xb90038${filler(56)}`],
    ["a size that ends early", "0xb9"],
    ["a size beyond the end", "0xb8ff00"],
    ["the largest size", `0xbf${"ff".repeat(8)}`],
    ["the largest list", `0xff${"ff".repeat(8)}`],
  ])("no %s", async (_, hex) => {
    expect(await harness.read("rlpItem", [hex])).toEqual([false, false, 0n, 0n]);
  });

  test("the same as a strict reference, of damaged encodings", async () => {
    const random = createRandom(SEED + 2);
    for (let round = 0; round < 200; round++) {
      const valid = fromHex(enc(random.bytes(random.below(70))));
      const data = round % 4 === 0 ? random.bytes(1 + random.below(12)) : valid.slice();
      if (round % 2 === 0) data[random.below(Math.min(3, data.length))] = random.below(256);
      let expected: unknown;
      try {
        const decoded = RLP.decode(data, true).data;
        expected = Array.isArray(decoded) ? "list" : toHex(decoded);
      } catch {
        expected = "refused";
      }
      if (expected === "list") continue;
      const [ok, isList, offset, len] = await harness.read<[boolean, boolean, bigint, bigint]>(
        "rlpItem",
        [toHex(data)],
      );
      // The reference reads the content of a list too; it is not looked at here.
      if (isList) continue;
      const content = data.slice(Number(offset), Number(offset + len));
      expect([round, toHex(data), ok ? toHex(content) : "refused"]).toEqual([
        round,
        toHex(data),
        expected,
      ]);
    }
  });

  test("numbers without leading zeros, up to a size", async () => {
    const read = (hex: Hex, maxBytes: number) => harness.read("rlpUint", [hex, maxBytes]);
    expect(await read("0x80", 8)).toEqual([true, 0n]);
    expect(await read("0x01", 8)).toEqual([true, 1n]);
    expect(await read("0x8180", 8)).toEqual([true, 128n]);
    expect(await read(enc(2n ** 64n - 1n), 8)).toEqual([true, 2n ** 64n - 1n]);
    expect(await read(enc(2n ** 256n - 1n), 32)).toEqual([true, 2n ** 256n - 1n]);
    const bad: [Hex, number][] = [
      [enc(2n ** 64n), 8],
      ["0x00", 8],
      ["0x820001", 8],
      ["0xc0", 8],
      ["0x", 8],
      [enc(new Uint8Array(33).fill(1)), 40],
    ];
    for (const [hex, maxBytes] of bad) {
      const [ok, value] = (await read(hex, maxBytes)) as [boolean, bigint];
      expect([hex, ok, value]).toEqual([hex, false, 0n]);
    }
  });
});

describe("Rlp writes", () => {
  test("what the reference writes", async () => {
    const random = createRandom(SEED + 3);
    const word = random.bytes(32);
    const account = random.bytes(20);
    const numbers = [0n, 1n, 127n, 128n, 255n, 256n, 2n ** 64n, 2n ** 128n - 1n, 2n ** 256n - 1n];
    const texts = [0, 1, 2, 55, 56, 255, 256, 65_536].map((size) => random.bytes(size));
    for (const text of [...texts, Uint8Array.of(0), Uint8Array.of(0x7f), Uint8Array.of(0x80)]) {
      for (const number of numbers) {
        const args = [number, toHex(text), toHex(word), toHex(account)];
        const expected = enc([number, text, word, account]);
        const isSame = (await harness.read("rlpWrite", args)) === expected;
        expect({ number, size: text.length, isSame }).toEqual({
          number,
          size: text.length,
          isSame: true,
        });
      }
    }
  });
});

describe("Account", () => {
  interface Info {
    nonce: bigint;
    balance: bigint;
    storageRoot: Hash;
    codeHash: Hash;
  }
  const trieValue = ({ nonce, balance, storageRoot, codeHash }: Info): Hex =>
    enc([nonce, balance, fromHex(storageRoot), fromHex(codeHash)]);

  test("decodes and encodes values of the state trie", async () => {
    const random = createRandom(SEED + 4);
    const storageRoot = toHex(random.bytes(32));
    for (const nonce of [0n, 1n, 127n, 128n, 2n ** 64n - 1n]) {
      for (const balance of [0n, 5n, 200n, 10n ** 18n, 2n ** 256n - 1n]) {
        const info: Info = { nonce, balance, storageRoot, codeHash: EMPTY_CODE };
        const value = trieValue(info);
        expect(await harness.read("account", [value])).toEqual([info, value]);
      }
    }
  });

  test("has no value for the empty account", async () => {
    const empty = { nonce: 0n, balance: 0n, storageRoot: EMPTY_ROOT, codeHash: EMPTY_CODE };
    expect(await harness.read("account", ["0x"])).toEqual([empty, "0x"]);
    const stored: Info = { ...empty, storageRoot: ZERO_HASH };
    expect(await harness.read("account", [trieValue(stored)])).toEqual([stored, trieValue(stored)]);
  });

  test("refuses what is no account", async () => {
    const hash = new Uint8Array(32).fill(1);
    const values: Hex[] = [
      "0x01",
      enc([1n, 2n, hash]),
      enc([1n, 2n, hash, hash, hash]),
      enc([2n ** 64n, 2n, hash, hash]),
      enc([Uint8Array.of(0), 2n, hash, hash]),
      enc([1n, 2n, hash.slice(1), hash]),
      enc([1n, [], hash, hash]),
      `${enc([1n, 2n, hash, hash])}00`,
      enc([1n, 2n, hash, hash]).slice(0, -2) as Hex,
    ];
    for (const value of values) {
      expect([value, await harness.call("account", [value], GAS)]).toMatchObject([
        value,
        { error: "BadAccount" },
      ]);
    }
  });
});
