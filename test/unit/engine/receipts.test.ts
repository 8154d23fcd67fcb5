import { describe, expect, test } from "@jest/globals";
import {
  type BlockReceipts,
  decodeBlockReceipts,
  encodeBlockReceipts,
  encodeReceipt,
  type StoredReceipt,
} from "../../../src/engine/receipts.js";
import { asBytes, asList, decodeRlp } from "../../../src/engine/state/rlp.js";
import { fromHex, toHex } from "../../../src/util/hex.js";

const receipt: StoredReceipt = {
  type: 2,
  status: 1,
  gasUsed: 30_000n,
  from: `0x${"aa".repeat(20)}`,
  to: `0x${"bb".repeat(20)}`,
  contractAddress: null,
  effectiveGasPrice: 9n,
  depositNonce: null,
  costs: null,
  logs: [
    {
      address: `0x${"cc".repeat(20)}`,
      topics: [`0x${"01".repeat(32)}`],
      data: fromHex("0x0506"),
    },
  ],
};
const l1 = {
  l1BaseFee: 1n,
  blobBaseFee: 2n,
  baseFeeScalar: 3,
  blobBaseFeeScalar: 4,
  operatorFeeScalar: 5,
  operatorFeeConstant: 6n,
  daFootprintGasScalar: 7,
};
const costs = { daSize: 100n, l1Fee: 200n, daFootprint: 300n, operatorFee: 0n };

describe("receipts in the store", () => {
  test.each<[string, BlockReceipts]>([
    ["of plain Ethereum", { l1: null, receipts: [receipt, { ...receipt, status: 0, type: 0 }] }],
    [
      "from before Byzantium",
      { l1: null, receipts: [{ ...receipt, type: 0, postState: `0x${"0d".repeat(32)}` }] },
    ],
    [
      "of blob transactions",
      { l1: null, receipts: [{ ...receipt, type: 3, blobGasUsed: 131_072n, blobGasPrice: 1n }] },
    ],
    [
      "of the L2",
      {
        l1,
        receipts: [
          { ...receipt, type: 0x7e, depositNonce: 4n, effectiveGasPrice: 0n },
          { ...receipt, costs },
        ],
      },
    ],
  ])("%s come back as they were", (_name, receipts) => {
    expect(decodeBlockReceipts(encodeBlockReceipts(receipts))).toEqual(receipts);
  });

  test("the L2's are stored as ever: seven parameters, nine fields, four costs", () => {
    const stored = asList(
      decodeRlp(encodeBlockReceipts({ l1, receipts: [{ ...receipt, costs }] })),
    );
    expect(asList(stored[0])).toHaveLength(7);
    const fields = asList(asList(stored[1])[0]);
    expect(fields).toHaveLength(9);
    expect(asList(fields[7])).toHaveLength(4);
  });
});

test("before Byzantium the receipts trie has the state root where the status is later", () => {
  const postState = `0x${"0d".repeat(32)}` as const;
  const bloom = new Uint8Array(256);
  const fieldOf = (item: StoredReceipt) =>
    toHex(asBytes(asList(decodeRlp(encodeReceipt(item, 1n, bloom)))[0]));
  expect(fieldOf({ ...receipt, type: 0, postState })).toBe(postState);
  expect(fieldOf({ ...receipt, type: 0 })).toBe("0x01");
  expect(fieldOf({ ...receipt, type: 0, status: 0 })).toBe("0x");
});
