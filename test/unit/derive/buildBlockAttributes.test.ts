import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  batchBlockFromPayload,
  buildBlockAttributes,
  genesisCursor,
} from "../../../src/derive/index.js";
import { chain, FakeL1, START_BLOCK } from "./feeds.js";
import { Random } from "./random.js";
import { signedPool } from "./signedPool.js";

const l1 = new FakeL1(new Random(5), 10);
const cursor = genesisCursor(l1.rollup);
const origin = l1.at(START_BLOCK);
let pool: Uint8Array[] = [];

beforeAll(async () => {
  pool = await signedPool();
});

function build(timestamp: bigint, candidates: Uint8Array[]) {
  return buildBlockAttributes(chain, cursor, {
    timestamp,
    origin,
    hints: [],
    candidates,
    records: [],
    recordEnd: 0n,
  });
}

describe("buildBlockAttributes", () => {
  test("keeps valid candidates in order and drops the others", () => {
    const [first, second] = pool as [Uint8Array, Uint8Array];
    const { attributes } = build(origin.time + 2n, [second, Uint8Array.of(9), first]);
    expect(attributes.transactions.slice(1)).toEqual([second, first]);
  });

  test("takes candidates up to 1,800 seconds past the origin and not later", () => {
    const inTime = build(origin.time + 1_800n, pool);
    const late = build(origin.time + 1_801n, pool);
    expect([inTime.acceptsCandidates, inTime.attributes.transactions.length]).toEqual([true, 5]);
    expect([late.acceptsCandidates, late.attributes.transactions.length]).toEqual([false, 1]);
  });

  test("takes its other values from the origin and the config", () => {
    expect(build(origin.time + 2n, []).attributes).toMatchObject({
      timestamp: origin.time + 2n,
      prevRandao: origin.prevRandao,
      parentBeaconBlockRoot: origin.parentBeaconBlockRoot,
      suggestedFeeRecipient: "0x4200000000000000000000000000000000000011",
      gasLimit: 60_000_000n,
      eip1559Params: { denominator: 250, elasticity: 6 },
      minBaseFee: 0n,
      noTxPool: true,
      dropInvalid: true,
    });
  });
});

describe("batchBlockFromPayload", () => {
  test("keeps only the signed transactions", () => {
    const { attributes, cursor: after } = build(origin.time + 3n, pool);
    const block = batchBlockFromPayload({
      transactions: attributes.transactions,
      parent: cursor,
      cursor: after,
      hints: [1, 2],
    });
    expect(block).toEqual({ dt: 3, originDelta: 0, hints: [], transactions: pool });
  });

  test("refuses a block that no batch block can describe", () => {
    const { attributes, cursor: after } = build(origin.time + 3n, []);
    const refused = expect.objectContaining({ code: "DERIVE_BLOCK_MISMATCH" });
    const sequenced = {
      transactions: attributes.transactions,
      parent: cursor,
      cursor: after,
      hints: [],
    };
    expect(() => batchBlockFromPayload({ ...sequenced, parent: after })).toThrow(refused);
    const jumped = { ...after, l2Time: cursor.l2Time + 65_536n };
    expect(() => batchBlockFromPayload({ ...sequenced, cursor: jumped })).toThrow(refused);
  });

  test("refuses hints other than those the block was built with", () => {
    const record = l1.records.find(({ header }) => header.kind === 0);
    if (!record) throw new Error("the scenario has no deposit");
    const at = l1.at(record.header.l1Number);
    const parent = { ...cursor, recordIndex: record.header.index };
    const block = buildBlockAttributes(chain, parent, {
      timestamp: at.time,
      origin: at,
      hints: [3],
      candidates: [],
      records: l1.records,
      recordEnd: record.header.index + 1n,
    });
    const sequenced = { transactions: block.attributes.transactions, parent, cursor: block.cursor };
    expect(batchBlockFromPayload({ ...sequenced, hints: [3] }).hints).toEqual([3]);
    expect(() => batchBlockFromPayload({ ...sequenced, hints: [4] })).toThrow(
      expect.objectContaining({ code: "DERIVE_BLOCK_MISMATCH" }),
    );
  });
});
