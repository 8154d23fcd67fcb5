import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import {
  type DerivedEntry,
  deriveEntry,
  type EntryBlock,
  genesisCursor,
} from "../../../src/derive/index.js";
import {
  applyConfigRecord,
  BATCH_VERSION,
  type BatchBlock,
  type Cursor,
  encodeBatch,
  fallbackSourceHash,
  RECORD_KIND_CONFIG,
  RECORD_KIND_DEPOSIT,
  userDepositSourceHash,
} from "../../../src/protocol/index.js";
import { chain, type Entry, FakeFeed, FakeL1 } from "./feeds.js";
import { Random } from "./random.js";
import { sequenceTurn } from "./sequencer.js";
import { invalidTransactions, signedPool } from "./signedPool.js";

const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 10_000);
const SEED = Number(process.env.FOVEA_FUZZ_SEED ?? 20_260);
// A loaded machine is slow, not wrong.
jest.setTimeout(60_000 + RUNS * 20);

let pool: Uint8Array[] = [];
let badPool: Uint8Array[] = [];

beforeAll(async () => {
  pool = await signedPool();
  badPool = invalidTransactions(pool);
});

function forEachSeed(run: (random: Random) => void, runs = RUNS): void {
  const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(seeds, (seed) => run(new Random(seed))),
    { numRuns: runs, seed: SEED, endOnFailure: true },
  );
}

/** The same content in a buffer of its own, at an odd offset, with foreign bytes around it. */
function elsewhere(bytes: Uint8Array, random: Random): Uint8Array {
  const offset = random.int(1, 9);
  const buffer = new Uint8Array(bytes.length + offset + 5).fill(0xee);
  buffer.set(bytes, offset);
  return buffer.subarray(offset, offset + bytes.length);
}

function derive(
  l1: FakeL1,
  feed: FakeFeed,
  cursor: Cursor,
  entry: Entry,
  data = entry.data,
): DerivedEntry {
  const origins = feed.originsOf(entry);
  return deriveEntry(chain, cursor, { header: entry.header, data, origins, records: l1.records });
}

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const result = bytes.slice();
  for (let i = random.int(1, 4); i > 0 && result.length > 0; i--) {
    // Mostly in the head, where the structure is.
    const at = random.int(
      0,
      random.chance(60) ? Math.min(20, result.length - 1) : result.length - 1,
    );
    result[at] = random.chance(50)
      ? random.int(0, 255)
      : (result[at] as number) ^ (1 << random.int(0, 7));
  }
  const choice = random.int(0, 3);
  if (choice === 0) return result.subarray(0, random.int(0, result.length));
  if (choice === 1) return Uint8Array.from([...result, ...random.bytes(random.int(1, 30))]);
  return result;
}

function randomBatch(random: Random): Uint8Array {
  const blocks: BatchBlock[] = Array.from({ length: random.int(0, 5) }, () => ({
    dt: random.chance(85) ? random.int(1, 8) : random.int(0, 65_535),
    originDelta: random.chance(80) ? random.int(0, 3) : random.int(0, 2 ** 31),
    hints: Array.from({ length: random.int(0, 5) }, () => random.int(0, 12)),
    transactions: Array.from({ length: random.chance(30) ? random.int(1, 3) : 0 }, () =>
      random.chance(25)
        ? random.pick(pool)
        : random.chance(50)
          ? random.pick(badPool)
          : random.bytes(random.int(0, 60)),
    ),
  }));
  return encodeBatch(blocks);
}

/** Appends anything a batcher (or anybody, by forced inclusion) could append. */
function appendHostile(
  random: Random,
  l1: FakeL1,
  feed: FakeFeed,
  template: Uint8Array,
): Entry | null {
  const isEmptyRange = random.chance(20);
  const lastOrigin = isEmptyRange ? feed.lastOrigin : feed.lastOrigin + random.int(1, 4);
  const l1Number = Math.max(lastOrigin + 1, feed.lastL1Number);
  if (l1Number > l1.lastNumber) return null;
  const data = random.chance(35)
    ? mutate(template, random)
    : random.chance(50)
      ? randomBatch(random)
      : random.chance(30)
        ? Uint8Array.from([BATCH_VERSION, ...random.bytes(random.int(0, 60))])
        : random.bytes(random.int(0, 80));
  const firstOrigin = isEmptyRange ? lastOrigin + 1 : random.int(feed.lastOrigin + 1, lastOrigin);
  return feed.append(
    l1Number,
    firstOrigin,
    lastOrigin,
    data,
    random.chance(5) ? random.int(1, 255) : 0,
  );
}

function checkBlock(l1: FakeL1, entry: Entry, before: Cursor, block: EntryBlock): void {
  const { attributes, cursorAfter: after, deposits } = block;
  const { origin } = after;
  if (after.l2Number !== before.l2Number + 1n) throw new Error("block numbers have a gap");
  if (after.l2Time <= before.l2Time || attributes.timestamp !== after.l2Time)
    throw new Error("time does not rise");
  if (after.l2Time < origin.time) throw new Error("block is older than its origin");
  if (origin.number < before.origin.number) throw new Error("origin decreased");
  if (origin.number > entry.header.lastOrigin) throw new Error("origin after the range");
  if (l1.at(origin.number) !== origin) throw new Error("origin is not an L1 block");
  const isSameEpoch = origin.number === before.origin.number;
  if (after.sequenceNumber !== (isSameEpoch ? before.sequenceNumber + 1n : 0n))
    throw new Error("sequence number");
  if (!block.synthesized && after.l2Time > entry.header.l1Time + 600n)
    throw new Error("ahead of its entry");

  // Config: exactly the records before this block, in order.
  const changes = l1.records
    .slice(0, Number(before.recordIndex))
    .filter(({ header }) => header.kind === RECORD_KIND_CONFIG);
  const config = changes.reduce(
    (values, { data }) => applyConfigRecord(values, data),
    genesisCursor(l1.rollup).config,
  );
  if (attributes.gasLimit !== config.gasLimit || attributes.minBaseFee !== config.minBaseFee)
    throw new Error("config");
  if (attributes.eip1559Params.denominator !== config.eip1559Denominator) throw new Error("config");

  // Records: a run without gaps, none from a later L1 block, as much gas as fits.
  const consumed = l1.records.slice(Number(before.recordIndex), Number(after.recordIndex));
  const indexes = consumed
    .filter(({ header }) => header.kind === RECORD_KIND_DEPOSIT)
    .map(({ header }) => header.index);
  if (indexes.join() !== deposits.map(({ recordIndex }) => recordIndex).join())
    throw new Error("deposits");
  if (consumed.some(({ header }) => header.l1Number > origin.number))
    throw new Error("record from the future");
  const gas = consumed.reduce((sum, { header }) => sum + header.gasLimit, 0n);
  if (gas + 1_000_000n > config.gasLimit) throw new Error("deposits exceed the gas limit");
  const next = l1.records[Number(after.recordIndex)]?.header;
  const leavesOver =
    next !== undefined && next.index < entry.header.depTo && next.l1Number <= origin.number;
  if (leavesOver && gas + next.gasLimit + 1_000_000n <= config.gasLimit)
    throw new Error("left over without need");

  const candidates = attributes.transactions.length - 1 - deposits.length;
  const isClosed = block.synthesized || leavesOver || after.l2Time > origin.time + 1_800n;
  if (isClosed && candidates > 0) throw new Error("candidates in a deposits-only block");
}

function checkEntry(l1: FakeL1, entry: Entry, before: Cursor, derived: DerivedEntry): void {
  let cursor = before;
  for (const block of derived.blocks) {
    checkBlock(l1, entry, cursor, block);
    cursor = block.cursorAfter;
  }
  if (derived.cursor.recordIndex !== entry.header.depTo)
    throw new Error("entry's records are not included");
  if (derived.cursor.entryIndex !== entry.header.index + 1n) throw new Error("entry index");
  const isBatchFirst = derived.blocks.every(
    (b, i) => i === 0 || !derived.blocks[i - 1]?.synthesized || b.synthesized,
  );
  if (!isBatchFirst) throw new Error("batch block after a synthesized one");
}

/** Compares without building a diff, which would be the slowest part. */
function assertEqual(left: unknown, right: unknown, what: string): void {
  if (fingerprint(left) !== fingerprint(right)) {
    expect(left).toEqual(right);
    throw new Error(what);
  }
}

function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    typeof item === "bigint"
      ? `${item}n`
      : item instanceof Uint8Array
        ? Buffer.from(item).toString("base64")
        : item,
  );
}

describe("derivation of random and mutated feeds", () => {
  test("is total, deterministic and keeps its rules, whatever was posted", () => {
    let blocks = 0;
    let batchBlocks = 0;
    let honestTurns = 0;
    forEachSeed((random) => {
      const l1 = new FakeL1(random, random.int(6, 18));
      const feed = new FakeFeed(l1);
      let cursor = genesisCursor(l1.rollup);
      let template: Uint8Array = new Uint8Array(0);
      const sourceHashes = new Set<string>();
      let deposits = 0;
      for (let turns = random.int(1, 3); turns > 0; turns--) {
        const turn = random.chance(45) ? sequenceTurn(random, l1, feed, cursor, pool) : null;
        const entry = turn?.entry ?? appendHostile(random, l1, feed, template);
        if (entry === null) break;
        const derived = derive(l1, feed, cursor, entry);
        checkEntry(l1, entry, cursor, derived);
        assertEqual(
          derive(l1, feed, cursor, entry, elsewhere(entry.data, random)),
          derived,
          "bytes placed elsewhere matter",
        );
        if (turn) {
          honestTurns++;
          assertEqual(
            derived.blocks.map((b) => b.attributes),
            turn.blocks.map((b) => b.attributes),
            "sequenced blocks changed",
          );
          assertEqual(
            derived.blocks.at(-1)?.cursorAfter,
            turn.blocks.at(-1)?.cursor,
            "sequenced cursor changed",
          );
          template = entry.data;
        }
        for (const block of derived.blocks) {
          blocks++;
          if (!block.synthesized) batchBlocks++;
          for (const { sourceHash } of block.deposits) sourceHashes.add(sourceHash);
          deposits += block.deposits.length;
        }
        cursor = derived.cursor;
      }
      // Every record once: the cursor never jumps (checked per block), and no two deposits share a hash.
      if (sourceHashes.size !== deposits) throw new Error("two deposits with one source hash");
    });
    // The scenarios must reach what they are for.
    expect(honestTurns).toBeGreaterThan(RUNS / 4);
    expect(batchBlocks).toBeGreaterThan(RUNS / 2);
    expect(blocks - batchBlocks).toBeGreaterThan(RUNS / 20);
  });

  test("garbage before honest data changes nothing for the honest data", () => {
    forEachSeed(
      (random) => {
        const l1 = new FakeL1(random, 14);
        const clean = new FakeFeed(l1);
        const cursor = genesisCursor(l1.rollup);
        const turn = sequenceTurn(random, l1, clean, cursor, pool);
        if (turn === null) return;
        const { header, data } = turn.entry;
        const dirty = new FakeFeed(l1);
        let dirtyCursor = cursor;
        for (let i = random.int(1, 3); i > 0; i--) {
          const garbage = random.bytes(random.int(0, 60));
          if (garbage[0] === BATCH_VERSION) garbage[0] = 0;
          const entry = dirty.append(101, dirty.lastOrigin + 1, dirty.lastOrigin, garbage);
          dirtyCursor = derive(l1, dirty, dirtyCursor, entry).cursor;
        }
        // Bytes after the last block are garbage too.
        const trailed = Uint8Array.from([...data, ...random.bytes(random.int(0, 9))]);
        const entry = dirty.append(
          Number(header.l1Number),
          Number(header.firstOrigin),
          Number(header.lastOrigin),
          trailed,
        );
        const derived = derive(l1, dirty, dirtyCursor, entry);
        assertEqual(
          derived.blocks.map((b) => b.attributes),
          turn.blocks.map((b) => b.attributes),
          "garbage matters",
        );
      },
      Math.ceil(RUNS / 10),
    );
  });

  test("hints decide the source hash and nothing else", () => {
    forEachSeed(
      (random) => {
        const l1 = new FakeL1(random, 14);
        const feed = new FakeFeed(l1);
        const cursor = genesisCursor(l1.rollup);
        const turn = sequenceTurn(random, l1, feed, cursor, pool);
        if (turn === null) return;
        const hints = () => Array.from({ length: random.int(0, 4) }, () => random.int(0, 6));
        const other = new FakeFeed(l1);
        const { l1Number, firstOrigin, lastOrigin } = turn.entry.header;
        const data = encodeBatch(turn.batch.map((block) => ({ ...block, hints: hints() })));
        const entry = other.append(Number(l1Number), Number(firstOrigin), Number(lastOrigin), data);
        const derived = derive(l1, other, cursor, entry);
        expect(derived.blocks.length).toBe(turn.blocks.length);
        derived.blocks.forEach((block, i) => {
          const honest = turn.blocks[i];
          if (!honest) throw new Error("block count");
          expect(block.deposits.map((d) => d.recordIndex)).toEqual(
            honest.deposits.map((d) => d.recordIndex),
          );
          for (const { recordIndex, sourceHash } of block.deposits) {
            const { hash } = block.cursorAfter.origin;
            const allowed = [0, 1, 2, 3, 4, 5, 6].map((hint) => userDepositSourceHash(hash, hint));
            expect([...allowed, fallbackSourceHash(recordIndex)]).toContain(sourceHash);
          }
        });
      },
      Math.ceil(RUNS / 20),
    );
  });
});
