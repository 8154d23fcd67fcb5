import { beforeAll, describe, expect, test } from "@jest/globals";
import { ProofLibHarness } from "../../../src/contracts/generated/ProofLibHarness.js";
import { type Hash, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import {
  hashPair,
  packWitness,
  type WitnessParts,
  wordsRoot,
} from "../../helpers/packedWitness.js";
import { type SolidityContract, SolidityVm } from "../../helpers/solidityVm.js";
import { createRandom, type Random, SEED } from "../vectors/random.js";

const GAS = 30_000_000n;
const ROUNDS = 150;

type Item = readonly [gindex: bigint, value: Hash];
interface Change {
  g: bigint;
  value: Hash;
}

let harness: SolidityContract;
beforeAll(async () => {
  harness = await (await SolidityVm.create()).deploy(ProofLibHarness);
});

const word = (random: Random): Hash => toHex(random.bytes(32));

/** Leaves of a random tree of this many items, left to right. */
function randomFrontier(random: Random, count: number): Item[] {
  let gindices = [1n];
  while (gindices.length < count) {
    const i = random.below(gindices.length);
    const g = gindices[i] as bigint;
    if (g >= 1n << 31n) continue;
    gindices = [...gindices.slice(0, i), 2n * g, 2n * g + 1n, ...gindices.slice(i + 1)];
  }
  return gindices.map((g) => [g, word(random)]);
}

/** Root by recursion, the other way round than the contract's pass. */
function rootOf(items: readonly Item[], replaced: readonly Change[] = [], g = 1n): Hash {
  const replacement = replaced.find((change) => change.g === g);
  if (replacement) return replacement.value;
  const item = items.find(([gindex]) => gindex === g);
  if (item) return item[1];
  if (g >= 1n << 32n) throw new Error("no tiling");
  return hashPair(rootOf(items, replaced, 2n * g), rootOf(items, replaced, 2n * g + 1n));
}

const fold = (parts: WitnessParts, root: Hash, writes: Change[] = [], nodes: Change[] = []) =>
  harness.call("fold", [packWitness(parts), root, writes, nodes], GAS);

function apply(items: readonly Item[], writes: readonly Change[]): Item[] {
  return items.map(([g, value]) => [g, writes.find((w) => w.g === g)?.value ?? value]);
}

describe(`Wit.finish (seed ${SEED})`, () => {
  test("gives the roots before and after of random trees with random writes and replaced nodes", async () => {
    const random = createRandom(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const items = randomFrontier(random, 1 + random.below(70));
      const writes = items
        .filter(() => random.below(4) === 0)
        .map(([g]) => ({ g, value: word(random) }));
      const inner = [...new Set(items.flatMap(([g]) => (g > 1n ? [g >> 1n, g >> 3n] : [])))];
      const replaced = inner
        .filter((g) => g > 0n && random.below(12) === 0)
        .slice(0, 8)
        .map((g) => ({ g, value: word(random) }));
      const outcome = await fold({ items }, rootOf(items), writes, replaced);
      const expected = rootOf(apply(items, writes), replaced);
      const post = outcome.ok ? outcome.values[0] : outcome.error;
      expect({ round, post }).toEqual({ round, post: expected });
    }
  });

  test("leaves the root as it is without writes, and with writes of the same values", async () => {
    const items = randomFrontier(createRandom(SEED + 1), 35);
    const root = rootOf(items);
    const same = items.map(([g, value]) => ({ g, value }));
    expect(await fold({ items }, root)).toMatchObject({ ok: true });
    const outcome = await fold({ items }, root, same);
    expect(outcome.ok && outcome.values[0]).toBe(root);
  });

  test("refuses another root, naming both", async () => {
    const items = randomFrontier(createRandom(SEED + 2), 9);
    expect(await fold({ items }, ZERO_HASH)).toMatchObject({
      error: "PreRootMismatch",
      args: [rootOf(items), ZERO_HASH],
    });
  });

  test("refuses whatever was changed, dropped, doubled or exchanged in a witness", async () => {
    const random = createRandom(SEED + 3);
    for (let round = 0; round < 20; round++) {
      const items = randomFrontier(random, 2 + random.below(20));
      const root = rootOf(items);
      const i = random.below(items.length);
      const [g, value] = items[i] as Item;
      const rest = [items.slice(0, i), items.slice(i + 1)] as const;
      const j = (i + 1) % items.length;
      const other = items[j] as Item;
      const mutants: Record<string, Item[]> = {
        value: [...rest[0], [g, word(random)], ...rest[1]],
        gindex: [...rest[0], [g ^ (1n << BigInt(random.below(32))), value], ...rest[1]],
        dropped: [...rest[0], ...rest[1]],
        doubled: [...rest[0], [g, value], [g, value], ...rest[1]],
        exchanged: items.map((item, k) => (k === i ? other : k === j ? [g, value] : item)),
        appended: [...items, [2n, value]],
        zero: [...items, [0n, value]],
        opened: [...rest[0], ...[0n, 1n].map((n): Item => [2n * g + n, value]), ...rest[1]].filter(
          ([gindex]) => gindex < 1n << 32n,
        ),
      };
      for (const [name, mutant] of Object.entries(mutants)) {
        const outcome = await fold({ items: mutant }, root);
        const errors = ["FrontierBroken", "PreRootMismatch"];
        const isRefused = !outcome.ok && errors.includes(outcome.error);
        expect({ round, name, isRefused }).toEqual({ round, name, isRefused: true });
      }
      expect(await fold({ items }, root)).toMatchObject({ ok: true });
    }
  });

  test("names the node whose sibling is missing", async () => {
    const value = word(createRandom(5));
    const broken = async (...gs: bigint[]) => {
      const outcome = await fold({ items: gs.map((g) => [g, value]) }, ZERO_HASH);
      return outcome.ok ? "accepted" : `${outcome.error}(${outcome.args})`;
    };
    expect(await broken()).toBe("FrontierBroken(0)");
    expect(await broken(3n)).toBe("FrontierBroken(3)");
    expect(await broken(2n)).toBe("FrontierBroken(2)");
    expect(await broken(2n, 2n)).toBe("FrontierBroken(2)");
    expect(await broken(3n, 2n)).toBe("FrontierBroken(3)");
    expect(await broken(1n, 1n)).toBe("FrontierBroken(1)");
    expect(await broken(0n, 1n)).toBe("FrontierBroken(0)");
    expect(await broken(4n, 5n, 3n, 1n)).toBe("FrontierBroken(1)");
    expect(await broken(4n, 5n)).toBe("FrontierBroken(2)");
  });

  test("counts every replaced node: one that the pass does not meet is no silent miss", async () => {
    const items = randomFrontier(createRandom(SEED + 4), 12);
    const root = rootOf(items);
    const deepest = items.reduce((a, [g]) => (g > a ? g : a), 0n);
    const below = [{ g: 2n * deepest, value: ZERO_HASH }];
    expect(await fold({ items }, root, [], below)).toMatchObject({
      error: "OverrideMissed",
      args: [1n],
    });
    const nine = Array.from({ length: 9 }, (_, i) => ({ g: BigInt(500_000_000 + i), value: root }));
    expect(await fold({ items }, root, [], nine)).toMatchObject({ error: "TooManyOverrides" });
    // Replacing twice is one replacement, and an item is stored.
    const twice = [
      { g: 1n, value: ZERO_HASH },
      { g: 1n, value: root },
      { g: deepest, value: ZERO_HASH },
    ];
    const outcome = await fold({ items }, root, [], twice);
    expect(outcome.ok && outcome.values[0]).toBe(root);
  });

  test.each([
    [35, 18_000n],
    [61, 30_000n],
  ])("folds %d items within %d gas", async (count, limit) => {
    // Deep and thin, as a step's witness: one in four items is written.
    const random = createRandom(7);
    const items = randomFrontier(random, count);
    const writes = items.filter((_, i) => i % 4 === 0).map(([g]) => ({ g, value: word(random) }));
    const outcome = await fold({ items }, rootOf(items), writes);
    if (!outcome.ok) throw new Error(outcome.error);
    const [, openGas, storeGas, finishGas] = outcome.values as [Hash, bigint, bigint, bigint];
    process.stdout.write(
      `gas: ${count} items, ${writes.length} written: open ${openGas}, store ${storeGas}, finish ${finishGas}\n`,
    );
    expect(finishGas).toBeLessThanOrEqual(limit);
  });
});

describe("Wit.load and Wit.store", () => {
  test("find every item in any order, and name the one that is missing", async () => {
    const random = createRandom(SEED + 5);
    const items = randomFrontier(random, 40);
    const order = Array.from({ length: 200 }, () => items[random.below(40)] as Item);
    const packed = packWitness({ items });
    const gs = order.map(([g]) => g);
    expect(await harness.read("loadAll", [packed, gs])).toEqual(order.map(([, value]) => value));
    const missing = (items[3] as Item)[0] >> 1n;
    expect(await harness.call("loadAll", [packed, [missing]], GAS)).toMatchObject({
      error: "MissingItem",
      args: [missing],
    });
    const write = [{ g: missing, value: ZERO_HASH }];
    expect(await fold({ items }, rootOf(items), write)).toMatchObject({ error: "MissingItem" });
  });
});

describe("Wit.words", () => {
  const words = (parts: WitnessParts, g: bigint, log2: number) =>
    harness.call("words", [packWitness(parts), g, log2], GAS);

  test("gives the words of a range, checked once", async () => {
    const random = createRandom(SEED + 6);
    for (const [log2, count] of [
      [0, 1],
      [0, 0],
      [7, 128],
      [7, 127],
      [12, 37],
      [22, 3],
      [22, 0],
    ] as const) {
      const values = Array.from({ length: count }, () => word(random));
      const range = { g: 5n, log2, words: values };
      const decoy = { g: 5n, log2: log2 + 1, words: [word(random)] };
      const items: Item[] = [
        [4n, word(random)],
        [5n, wordsRoot(values, log2)],
        [3n, word(random)],
      ];
      const outcome = await words({ items, ranges: [decoy, range] }, 5n, log2);
      if (!outcome.ok) throw new Error(`${log2}, ${count}: ${outcome.error}`);
      const [got, behind, same, firstGas, secondGas] = outcome.values;
      expect({ log2, got, behind, same }).toEqual({
        log2,
        got: values,
        behind: ZERO_HASH,
        same: true,
      });
      expect(Number(secondGas)).toBeLessThan(500);
      process.stdout.write(`gas: range of ${count} words, depth ${log2}: ${firstGas}\n`);
    }
  });

  test("refuses words that are not those of the item, or no such range", async () => {
    const random = createRandom(SEED + 7);
    const values = [word(random), word(random), word(random)];
    const items: Item[] = [
      [2n, wordsRoot(values, 2)],
      [3n, ZERO_HASH],
    ];
    const range = { g: 2n, log2: 2, words: values };
    const mismatch = { error: "RangeMismatch", args: [2n] };
    const changed = [...values.slice(0, 2), word(random)];
    expect(await words({ items, ranges: [{ ...range, words: changed }] }, 2n, 2)).toMatchObject(
      mismatch,
    );
    const many = [...values, ZERO_HASH, ZERO_HASH];
    expect(await words({ items, ranges: [{ ...range, words: many }] }, 2n, 2)).toMatchObject(
      mismatch,
    );
    expect(await words({ items, ranges: [{ ...range, log2: 32 }] }, 2n, 32)).toMatchObject(
      mismatch,
    );
    expect(await words({ items, ranges: [range] }, 2n, 3)).toMatchObject({ error: "MissingRange" });
    expect(await words({ items, ranges: [range] }, 3n, 2)).toMatchObject({ error: "MissingRange" });
    expect(await words({ items, ranges: [range] }, 2n, 258)).toMatchObject({
      error: "MissingRange",
    });
    expect(await words({ items: [], ranges: [range] }, 2n, 2)).toMatchObject({
      error: "MissingItem",
    });
    // A zero word more is the same tree.
    expect(
      await words({ items, ranges: [{ ...range, words: [...values, ZERO_HASH] }] }, 2n, 2),
    ).toMatchObject({ ok: true });
  });
});

describe("Wit.open", () => {
  const random = createRandom(99);
  const parts: WitnessParts = {
    items: [
      [2n, word(random)],
      [3n, word(random)],
    ],
    ranges: [{ g: 2n, log2: 2, words: [word(random)] }],
    nodes: [random.bytes(33), new Uint8Array(0), random.bytes(64)],
    code: random.bytes(40),
    aux: random.bytes(5),
  };
  const contents = (packed: Hex, take: number, all: boolean) =>
    harness.call("contents", [packed, take, all], GAS);

  test("gives nodes in order, code and auxiliary bytes", async () => {
    const outcome = await contents(packWitness(parts), 3, true);
    expect(outcome.ok && outcome.values).toEqual([
      parts.nodes?.map(toHex),
      toHex(parts.code as Uint8Array),
      toHex(parts.aux as Uint8Array),
    ]);
    expect(await contents(packWitness({}), 0, true)).toMatchObject({
      ok: true,
      values: [[], "0x", "0x"],
    });
  });

  test("refuses a step that takes more or fewer nodes than there are", async () => {
    expect(await contents(packWitness(parts), 4, true)).toMatchObject({ error: "NodesExhausted" });
    expect(await contents(packWitness(parts), 1, true)).toMatchObject({
      error: "UnusedNodes",
      args: [2n],
    });
  });

  test("refuses a witness cut short at any byte, and one that goes on", async () => {
    const packed = packWitness(parts);
    const bytes = (packed.length - 2) / 2;
    for (let size = 0; size < bytes; size++) {
      const outcome = await contents(packed.slice(0, 2 + 2 * size) as Hex, 0, false);
      const error = outcome.ok ? "accepted" : outcome.error;
      expect({ size, error }).toEqual({ size, error: "WitnessShort" });
      if (!outcome.ok) expect(Number(outcome.args[0])).toBeLessThanOrEqual(size);
    }
    expect(await contents(`${packed}00`, 0, false)).toMatchObject({
      error: "WitnessLong",
      args: [BigInt(bytes)],
    });
  });

  test("refuses lengths beyond the end, however large", async () => {
    const empty = "0000" + "00" + "0000";
    const cases: [Hex, bigint][] = [
      [`0xffff`, 2n],
      [`0x0000ff`, 3n],
      [`0x00000100000002020001`, 10n],
      [`0x000000ffff`, 5n],
      [`0x${empty}ffffffff00000000`, 9n],
      [`0x${empty}00000000ffffffff`, 13n],
    ];
    for (const [packed, offset] of cases) {
      expect([packed, await contents(packed, 0, false)]).toMatchObject([
        packed,
        { error: "WitnessShort", args: [offset] },
      ]);
    }
  });
});
