import { expect, test } from "@jest/globals";
import type { L1FeeParams } from "../../../../src/engine/execution/fees.js";
import { operatorFeeOf, rollupCosts } from "../../../../src/engine/execution/fees.js";
import { L1_COST_FORMS, type OlderFees } from "../../../../src/engine/execution/olderFees.js";
import { decodeBlockReceipts, encodeBlockReceipts } from "../../../../src/engine/receipts.js";
import { daSize, l1Fee, l1GasUsed } from "../../../../src/protocol/index.js";
import { fromHex } from "../../../../src/util/hex.js";

// The parameters and results of op-geth's tests of its L1 cost functions (core/types/rollup_cost_test.go).
const EMPTY_TX = fromHex(
  `0xdd80808094095e7baea6a6c7c4c2dfeb977efac326af552d878080${"80".repeat(3)}`,
);
const OLDER: OlderFees = {
  l1Cost: "bedrock",
  operatorFee: "none",
  overhead: 50n,
  scalar: 7_000_000n,
};
const PARAMS: L1FeeParams = {
  l1BaseFee: 1_000_000_000n,
  blobBaseFee: 10_000_000n,
  baseFeeScalar: 2,
  blobBaseFeeScalar: 3,
  operatorFeeScalar: 0,
  operatorFeeConstant: 0n,
  daFootprintGasScalar: 400,
};

test("each fork's L1 fee of an empty transaction is the one that op-geth's tests state", () => {
  expect(EMPTY_TX.length).toBe(30);
  const results = L1_COST_FORMS.map((l1Cost) => {
    const costs = rollupCosts(EMPTY_TX, { ...PARAMS, older: { ...OLDER, l1Cost } });
    return [l1Cost, costs.l1Fee, l1GasUsed(costs.daSize), costs.daFootprint];
  });
  expect(results).toEqual([
    ["bedrock", 11_326_000_000_000n, 1618n, 0n],
    ["regolith", 3_710_000_000_000n, 530n, 0n],
    ["ecotone", 960_900n, 480n, 0n],
    ["fjord", 3_203_000n, 1600n, 0n],
  ]);
  expect(rollupCosts(EMPTY_TX, PARAMS).l1Fee).toBe(3_203_000n);
});

test("Fjord's regression agrees with op-geth's and the contract's for a compressed size of 235 bytes", () => {
  const params = {
    l1BaseFee: 2_000_000n,
    blobBaseFee: 3_000_000n,
    baseFeeScalar: 20,
    blobBaseFeeScalar: 15,
  };
  expect(l1Fee(daSize(235), params)).toBe(105_484n);
  expect(l1GasUsed(daSize(235))).toBe(2463n);
  for (const size of [100, 150, 170]) expect(daSize(size)).toBe(100_000_000n);
  expect(daSize(171)).toBe(100_455_900n);
});

test("the operator fee is absent, in millionths, or in hundreds of the gas", () => {
  const params = {
    ...PARAMS,
    operatorFeeScalar: 1_439_103_868,
    operatorFeeConstant: 1_256_417_826_609_331_460n,
  };
  const fee = (operatorFee: OlderFees["operatorFee"]) =>
    operatorFeeOf(1_618n, { ...params, older: { ...OLDER, operatorFee } });
  expect(fee("none")).toBe(0n);
  expect(fee("isthmus")).toBe(1_256_417_826_611_659_930n);
  expect(fee("jovian")).toBe(1_256_650_673_615_173_860n);
  expect(operatorFeeOf(1_618n, params)).toBe(fee("jovian"));
});

test("fee parameters and deposit receipts of old forks come back from their stored form", () => {
  const deposit = {
    type: 0x7e,
    status: 1,
    gasUsed: 21_000n,
    from: `0x${"aa".repeat(20)}`,
    to: null,
    contractAddress: null,
    effectiveGasPrice: 0n,
    costs: null,
    logs: [],
  } as const;
  const receipts = [
    { ...deposit, depositNonce: null, depositReceiptVersion: null },
    { ...deposit, depositNonce: 7n, depositReceiptVersion: null },
    { ...deposit, depositNonce: 0n },
  ].map((receipt) => ({ ...receipt, logs: [] }));
  const l1 = { ...PARAMS, older: { ...OLDER, l1Cost: "ecotone", operatorFee: "isthmus" } } as const;
  const stored = { l1, receipts };
  expect(decodeBlockReceipts(encodeBlockReceipts(stored))).toEqual(stored);
});
