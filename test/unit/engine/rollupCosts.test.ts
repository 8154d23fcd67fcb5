import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { rollupCosts } from "../../../src/engine/execution/fees.js";
import { daSizeOfTx } from "../../../src/protocol/fees.js";

const PARAMS = {
  l1BaseFee: 10n ** 9n,
  blobBaseFee: 1n,
  baseFeeScalar: 5_000_000,
  blobBaseFeeScalar: 0,
  operatorFeeScalar: 0,
  operatorFeeConstant: 0n,
  daFootprintGasScalar: 400,
};

test("an envelope is compressed once while it is held, and priced by the parameters of the moment", () => {
  const raw = new Uint8Array(randomBytes(5_000));
  const first = rollupCosts(raw, PARAMS);
  expect(first.daSize).toBe(daSizeOfTx(raw));
  const doubled = rollupCosts(raw, { ...PARAMS, l1BaseFee: 2n * 10n ** 9n });
  expect(doubled.l1Fee).toBe(2n * first.l1Fee);
  expect(rollupCosts(raw.slice(), PARAMS)).toEqual(first);
  // Nobody changes an envelope; that a change would not be seen shows that it is not compressed again.
  raw.fill(0);
  expect(rollupCosts(raw, PARAMS)).toEqual(first);
});
