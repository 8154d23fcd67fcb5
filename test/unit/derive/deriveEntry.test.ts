import { describe, expect, test } from "@jest/globals";
import { deriveEntry, genesisCursor, hashOrigins } from "../../../src/derive/index.js";
import {
  type BatchBlock,
  type Cursor,
  chunkHash,
  type DepositFeedRecord,
  decodeDepositTx,
  decodeL1Attributes,
  type EntryHeader,
  encodeBatch,
  encodeConfigRecord,
  fallbackSourceHash,
  type L1Origin,
  userDepositSourceHash,
} from "../../../src/protocol/index.js";
import { ZERO_ADDRESS, ZERO_HASH } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { chain } from "./feeds.js";

const TIME_0 = 1_000_000n;
const l1Block = (number: bigint, time = TIME_0 + (number - 100n) * 12n): L1Origin => {
  const hash = keccakHex(new TextEncoder().encode(`block ${number}`));
  return { number, hash, time, baseFee: 7n, prevRandao: hash, parentBeaconBlockRoot: ZERO_HASH };
};
const START: Cursor = genesisCursor({
  chain,
  addresses: {} as Parameters<typeof genesisCursor>[0]["addresses"],
  genesisOrigin: l1Block(100n),
});

const block = (fields: Partial<BatchBlock> = {}): BatchBlock => ({
  dt: 2,
  originDelta: 0,
  hints: [],
  transactions: [],
  ...fields,
});

function record(
  index: bigint,
  l1Number: bigint,
  fields: { gasLimit?: bigint; data?: Uint8Array } = {},
  kind = 0,
): DepositFeedRecord {
  const data = fields.data ?? Uint8Array.of(Number(index));
  const header = {
    kind,
    index,
    l1Number,
    l1Time: l1Block(l1Number).time,
    from: `0x${"aa".repeat(20)}` as const,
    to: ZERO_ADDRESS,
    isCreation: false,
    mint: 0n,
    value: 0n,
    gasLimit: fields.gasLimit ?? 100_000n,
    dataLength: data.length,
    dataHash: chunkHash(data),
    prevRecordHash: ZERO_HASH,
  };
  return { header, data };
}

interface Posted {
  blocks?: BatchBlock[];
  data?: Uint8Array;
  first?: bigint;
  last?: bigint;
  l1Time?: bigint;
  records?: DepositFeedRecord[];
  format?: number;
  cursor?: Cursor;
  origins?: L1Origin[];
  header?: Partial<EntryHeader>;
}

/** Derives one entry; the range is 101..102 unless said otherwise. */
function post(posted: Posted) {
  const { records = [], first = 101n, last = 102n, format = 0, cursor = START } = posted;
  const data = posted.data ?? encodeBatch(posted.blocks ?? []);
  const origins =
    posted.origins ??
    Array.from({ length: Number(last - first + 1n) }, (_, i) => l1Block(first + BigInt(i)));
  const header: EntryHeader = {
    format,
    index: cursor.entryIndex,
    l1Number: last + 1n,
    l1Time: posted.l1Time ?? l1Block(last + 1n).time,
    firstOrigin: first,
    lastOrigin: last,
    originsHash: hashOrigins(origins),
    depTo: BigInt(records.filter((r) => r.header.l1Number <= last).length),
    depRecordHash: ZERO_HASH,
    dataLength: data.length,
    dataHash: chunkHash(data),
    prevEntryHash: ZERO_HASH,
    ...posted.header,
  };
  return deriveEntry(chain, cursor, { header, data, origins, records });
}

const times = (posted: Posted) => post(posted).blocks.map((b) => b.attributes.timestamp - TIME_0);

describe("the batch ends at the first violation, and blocks before it stand", () => {
  test("dt must be at least 1", () => {
    expect(times({ blocks: [block(), block({ dt: 0 }), block()] })).toEqual([2n]);
  });

  test("an origin must be in the entry's range, or be the parent's", () => {
    expect(times({ blocks: [block({ dt: 30, originDelta: 2 })] })).toEqual([30n]);
    expect(times({ blocks: [block({ dt: 60, originDelta: 3 })] })).toEqual([]);
    expect(times({ first: 102n, blocks: [block({ dt: 60, originDelta: 1 })] })).toEqual([]);
    expect(
      times({ first: 103n, last: 102n, blocks: [block({ dt: 60, originDelta: 1 }), block()] }),
    ).toEqual([]);
    expect(times({ first: 103n, last: 102n, blocks: [block()] })).toEqual([2n]);
  });

  test("a block may not be older than its origin", () => {
    expect(times({ blocks: [block({ dt: 11, originDelta: 1 })] })).toEqual([]);
    expect(times({ blocks: [block({ dt: 12, originDelta: 1 })] })).toEqual([12n]);
  });

  test("a block may be 600 seconds ahead of its entry and no more", () => {
    const l1Time = TIME_0 + 36n;
    expect(times({ l1Time, blocks: [block({ dt: 636 })] })).toEqual([636n]);
    expect(times({ l1Time, blocks: [block({ dt: 637 })] })).toEqual([]);
  });

  test("another format has no blocks", () => {
    expect(times({ format: 1, blocks: [block()] })).toEqual([]);
  });
});

describe("records", () => {
  test("an entry without data includes the records it covers, at the last origin", () => {
    const { blocks, cursor } = post({
      data: new Uint8Array(0),
      records: [record(0n, 101n), record(1n, 102n)],
    });
    expect(blocks.map((b) => b.synthesized)).toEqual([true]);
    expect(blocks[0]?.attributes.timestamp).toBe(l1Block(102n).time);
    expect(blocks[0]?.deposits.map((d) => d.sourceHash)).toEqual([
      fallbackSourceHash(0n),
      fallbackSourceHash(1n),
    ]);
    expect(cursor).toMatchObject({ recordIndex: 2n, entryIndex: 1n, l2Number: 1n });
  });

  test("a synthesized block follows a parent that is ahead of the origin by one second", () => {
    const { blocks } = post({ blocks: [block({ dt: 50 })], records: [record(0n, 101n)] });
    expect(blocks.map((b) => b.attributes.timestamp - TIME_0)).toEqual([50n, 51n]);
  });

  test("deposits fill the block to the gas limit less 1,000,000, and the rest comes first in the next block", () => {
    const gasLimits = [2n ** 24n, 2n ** 24n, 2n ** 24n, 59_000_000n - 3n * 2n ** 24n];
    const exact = gasLimits.map((gasLimit, i) => record(BigInt(i), 101n, { gasLimit }));
    expect(post({ records: exact }).blocks.map((b) => b.deposits.length)).toEqual([4]);
    const over = [...exact.slice(0, 3), record(3n, 101n, { gasLimit: (gasLimits[3] ?? 0n) + 1n })];
    expect(post({ records: over }).blocks.map((b) => b.deposits.length)).toEqual([3, 1]);
  });

  test("a config record in front of a deposit that does not fit is still consumed", () => {
    const big = [0n, 1n, 2n].map((i) => record(i, 101n, { gasLimit: 2n ** 24n }));
    const change = record(
      3n,
      101n,
      { gasLimit: 0n, data: encodeConfigRecord({ type: "gasLimit", gasLimit: 21_000_000n }) },
      1,
    );
    const records = [
      ...big,
      change,
      record(4n, 101n, { gasLimit: 2n ** 24n }),
      record(5n, 101n, { gasLimit: 2n ** 24n }),
    ];
    const { blocks } = post({ records });
    expect(blocks.map((b) => b.attributes.gasLimit)).toEqual([
      60_000_000n,
      21_000_000n,
      21_000_000n,
    ]);
    expect(blocks.map((b) => b.deposits.length)).toEqual([3, 1, 1]);
  });

  test("a config change shows in the attributes of the next block only", () => {
    const data = encodeConfigRecord({ type: "feeScalars", baseFeeScalar: 5, blobBaseFeeScalar: 0 });
    const records = [record(0n, 101n, { gasLimit: 0n, data }, 1)];
    const { blocks } = post({ records, blocks: [block({ dt: 12, originDelta: 1 }), block()] });
    const scalars = blocks.map(
      (b) =>
        decodeL1Attributes(decodeDepositTx(b.attributes.transactions[0] as Uint8Array).data)
          .baseFeeScalar,
    );
    expect(scalars).toEqual([chain.system.baseFeeScalar, 5]);
  });

  test("a hint counts once: a repeated or smaller one gives the fallback hash", () => {
    const records = [0n, 1n, 2n, 3n].map((i) => record(i, 101n));
    const { hash } = l1Block(101n);
    const { blocks, cursor } = post({
      records,
      blocks: [block({ dt: 12, originDelta: 1, hints: [5, 5, 4, 6] })],
    });
    expect(blocks[0]?.deposits.map((d) => d.sourceHash)).toEqual([
      userDepositSourceHash(hash, 5),
      fallbackSourceHash(1n),
      fallbackSourceHash(2n),
      userDepositSourceHash(hash, 6),
    ]);
    expect(cursor.lastHint).toEqual({ l1Number: 101n, logIndex: 6 });
  });

  test("a hint does not count for a record of an earlier L1 block", () => {
    const { blocks } = post({
      records: [record(0n, 101n)],
      blocks: [block({ dt: 30, originDelta: 2, hints: [5] })],
    });
    expect(blocks[0]?.deposits[0]?.sourceHash).toBe(fallbackSourceHash(0n));
  });
});

describe("attributes", () => {
  test("the attributes transaction carries origin and sequence number", () => {
    const { blocks } = post({ blocks: [block(), block(), block({ dt: 20, originDelta: 1 })] });
    const read = blocks.map((b) =>
      decodeL1Attributes(decodeDepositTx(b.attributes.transactions[0] as Uint8Array).data),
    );
    expect(read.map((a) => a.sequenceNumber)).toEqual([1n, 2n, 0n]);
    expect(read.map((a) => a.originNumber)).toEqual([100n, 100n, 101n]);
    expect(read[2]).toMatchObject({
      originHash: l1Block(101n).hash,
      originBaseFee: 7n,
      blobBaseFee: 1n,
      daFootprintGasScalar: 400,
    });
  });
});

describe("input that is not from the feeds", () => {
  test("an entry with another index than the cursor's is refused", () => {
    expect(() => post({ header: { index: 1n } })).toThrow(
      expect.objectContaining({ code: "DERIVE_ENTRY_MISALIGNED" }),
    );
  });

  test("data that do not hash to the header's hash are refused", () => {
    expect(() => post({ header: { dataHash: ZERO_HASH } })).toThrow(
      expect.objectContaining({ code: "DERIVE_DATA_MISMATCH" }),
    );
  });

  test("origins that are not the range, or not its hashes, are refused", () => {
    const refused = expect.objectContaining({ code: "DERIVE_ORIGINS_MISMATCH" });
    expect(() => post({ header: { originsHash: ZERO_HASH } })).toThrow(refused);
    expect(() => post({ origins: [l1Block(101n)] })).toThrow(refused);
    expect(() => post({ origins: [l1Block(102n), l1Block(101n)] })).toThrow(refused);
  });

  test("a missing record is an error, not a different block", () => {
    const refused = expect.objectContaining({ code: "DERIVE_RECORD_MISSING" });
    expect(() => post({ header: { depTo: 1n } })).toThrow(refused);
    expect(() => post({ records: [record(1n, 101n)] })).toThrow(refused);
  });

  test("a record that fits nowhere is an error, not an endless loop", () => {
    const stuck = expect.objectContaining({ code: "DERIVE_STUCK" });
    expect(() => post({ records: [record(0n, 101n, { gasLimit: 2n ** 40n })] })).toThrow(stuck);
    expect(() => post({ records: [record(0n, 105n)], header: { depTo: 1n } })).toThrow(stuck);
  });
});

test("records may be given from an earlier index than the cursor's", () => {
  const records = [record(0n, 90n), record(1n, 101n)];
  const cursor = { ...START, recordIndex: 1n };
  expect(post({ records, cursor }).blocks[0]?.deposits.map((d) => d.recordIndex)).toEqual([1n]);
});
