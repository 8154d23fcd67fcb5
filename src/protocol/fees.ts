import { DEFAULT_DA_FOOTPRINT_GAS_SCALAR } from "./constants.js";
import { fastLzLength } from "./fastLz.js";

/** Estimated sizes carry six decimals. */
const SIZE_SCALE = 1_000_000n;
const MIN_DA_SIZE = 100n * SIZE_SCALE;
const DA_SIZE_INTERCEPT = -42_585_600n;
const DA_SIZE_PER_FASTLZ_BYTE = 836_500n;
const CALLDATA_GAS_PER_BYTE = 16n;
const L1_FEE_DIVISOR = 1_000_000_000_000n;
const OPERATOR_FEE_FACTOR = 100n;

/** L1 fee parameters of a block, as its L1Block contract holds them. */
export interface L1FeeParameters {
  l1BaseFee: bigint;
  blobBaseFee: bigint;
  baseFeeScalar: number;
  blobBaseFeeScalar: number;
}

/** Estimated bytes on L1 of a transaction, in millionths, from its FastLZ length. Source: docs/protocol/execution.md#fees-of-a-non-deposit-transaction */
export function daSize(fastLzBytes: number): bigint {
  const estimate = DA_SIZE_INTERCEPT + DA_SIZE_PER_FASTLZ_BYTE * BigInt(fastLzBytes);
  return estimate > MIN_DA_SIZE ? estimate : MIN_DA_SIZE;
}

/** `daSize` of a signed envelope. */
export function daSizeOfTx(raw: Uint8Array): bigint {
  return daSize(fastLzLength(raw));
}

/** L1 fee in wei of a transaction whose `daSize` is given. Source: docs/protocol/execution.md#fees-of-a-non-deposit-transaction */
export function l1Fee(size: bigint, parameters: L1FeeParameters): bigint {
  return (size * weightedL1Price(parameters)) / L1_FEE_DIVISOR;
}

/** What receipts show as `l1GasUsed`: the size in L1 calldata gas. */
export function l1GasUsed(size: bigint): bigint {
  return (size * CALLDATA_GAS_PER_BYTE) / SIZE_SCALE;
}

/** Operator fee in wei for an amount of gas. Source: docs/protocol/execution.md#fees-of-a-non-deposit-transaction */
export function operatorFee(gas: bigint, scalar: number, constant: bigint): bigint {
  return gas * BigInt(scalar) * OPERATOR_FEE_FACTOR + constant;
}

/** DA footprint in gas of a transaction whose `daSize` is given. Source: docs/protocol/execution.md#da-footprint */
export function daFootprint(size: bigint, gasScalar: number): bigint {
  return (size / SIZE_SCALE) * BigInt(gasScalar || DEFAULT_DA_FOOTPRINT_GAS_SCALAR);
}

function weightedL1Price(parameters: L1FeeParameters): bigint {
  return (
    CALLDATA_GAS_PER_BYTE * BigInt(parameters.baseFeeScalar) * parameters.l1BaseFee +
    BigInt(parameters.blobBaseFeeScalar) * parameters.blobBaseFee
  );
}
