import { type Hash, toHex } from "../util/hex.js";
import { ByteWriter } from "./byteWriter.js";
import {
  MAX_BLOCK_GAS_LIMIT,
  MAX_EIP1559_DENOMINATOR,
  MAX_EIP1559_ELASTICITY,
  MAX_MIN_BASE_FEE,
  MIN_BLOCK_GAS_LIMIT,
} from "./constants.js";
import type { SystemConfigValues } from "./types.js";

const RECORD_DATA_BYTES = 33;
const TYPE_BATCHER = 0;
const TYPE_FEE_SCALARS = 1;
const TYPE_GAS_LIMIT = 2;
const TYPE_EIP1559 = 4;
const TYPE_OPERATOR_FEE = 5;
const TYPE_MIN_BASE_FEE = 6;
const TYPE_DA_FOOTPRINT = 7;

/** A config change, as SystemConfig writes it to the DepositFeed. */
export type SystemConfigUpdate =
  | { type: "batcher"; batcherHash: Hash }
  | { type: "feeScalars"; baseFeeScalar: number; blobBaseFeeScalar: number }
  | { type: "gasLimit"; gasLimit: bigint }
  | { type: "eip1559"; denominator: number; elasticity: number }
  | { type: "operatorFee"; scalar: number; constant: bigint }
  | { type: "minBaseFee"; minBaseFee: bigint }
  | { type: "daFootprintGasScalar"; scalar: number };

/**
 * The config after a config record. Total: data of another length, an unknown type, or a value outside the bounds of
 * its type changes nothing.
 * Source: docs/protocol/feeds.md#config-record-data-33-bytes
 */
export function applyConfigRecord(
  config: SystemConfigValues,
  data: Uint8Array,
): SystemConfigValues {
  const update = readConfigRecord(data);
  if (update === null) return config;
  switch (update.type) {
    case "batcher":
      return { ...config, batcherHash: update.batcherHash };
    case "feeScalars":
      return {
        ...config,
        baseFeeScalar: update.baseFeeScalar,
        blobBaseFeeScalar: update.blobBaseFeeScalar,
      };
    case "gasLimit":
      return { ...config, gasLimit: update.gasLimit };
    case "eip1559":
      return {
        ...config,
        eip1559Denominator: update.denominator,
        eip1559Elasticity: update.elasticity,
      };
    case "operatorFee":
      return {
        ...config,
        operatorFeeScalar: update.scalar,
        operatorFeeConstant: update.constant,
      };
    case "minBaseFee":
      return { ...config, minBaseFee: update.minBaseFee };
    case "daFootprintGasScalar":
      return { ...config, daFootprintGasScalar: update.scalar };
  }
}

/** Data of a config record; bounds are not checked here. Shapes: returns 33 bytes. Errors: PROTOCOL_BAD_VALUE if a field does not fit its width. */
export function encodeConfigRecord(update: SystemConfigUpdate): Uint8Array {
  const writer = new ByteWriter(RECORD_DATA_BYTES);
  switch (update.type) {
    case "batcher":
      return writer.uint(1, TYPE_BATCHER).hex(32, update.batcherHash).finish();
    case "feeScalars":
      return writer
        .uint(1, TYPE_FEE_SCALARS)
        .uint(1, 1)
        .uint(23, 0)
        .uint(4, update.blobBaseFeeScalar)
        .uint(4, update.baseFeeScalar)
        .finish();
    case "gasLimit":
      return writer.uint(1, TYPE_GAS_LIMIT).uint(24, 0).uint(8, update.gasLimit).finish();
    case "eip1559":
      return writer
        .uint(1, TYPE_EIP1559)
        .uint(24, 0)
        .uint(4, update.denominator)
        .uint(4, update.elasticity)
        .finish();
    case "operatorFee":
      return writer
        .uint(1, TYPE_OPERATOR_FEE)
        .uint(20, 0)
        .uint(4, update.scalar)
        .uint(8, update.constant)
        .finish();
    case "minBaseFee":
      return writer.uint(1, TYPE_MIN_BASE_FEE).uint(24, 0).uint(8, update.minBaseFee).finish();
    case "daFootprintGasScalar":
      return writer.uint(1, TYPE_DA_FOOTPRINT).uint(30, 0).uint(2, update.scalar).finish();
  }
}

/** What a config record says, or null if it says nothing that counts. Total. */
export function readConfigRecord(data: Uint8Array): SystemConfigUpdate | null {
  if (data.length !== RECORD_DATA_BYTES) return null;
  const batcherHash = toHex(data.subarray(1));
  const value = BigInt(batcherHash);
  const low32 = Number(value & 0xffffffffn);
  const high32 = Number((value >> 32n) & 0xffffffffn);
  switch (data[0]) {
    case TYPE_BATCHER:
      return inRange(value, 1n, 2n ** 160n - 1n) ? { type: "batcher", batcherHash } : null;
    case TYPE_FEE_SCALARS:
      return value >> 32n === 1n << 216n
        ? { type: "feeScalars", baseFeeScalar: low32, blobBaseFeeScalar: 0 }
        : null;
    case TYPE_GAS_LIMIT:
      return inRange(value, MIN_BLOCK_GAS_LIMIT, MAX_BLOCK_GAS_LIMIT)
        ? { type: "gasLimit", gasLimit: value }
        : null;
    case TYPE_EIP1559:
      return value >> 64n === 0n &&
        inRange(BigInt(high32), 1n, BigInt(MAX_EIP1559_DENOMINATOR)) &&
        inRange(BigInt(low32), 1n, BigInt(MAX_EIP1559_ELASTICITY))
        ? { type: "eip1559", denominator: high32, elasticity: low32 }
        : null;
    case TYPE_OPERATOR_FEE:
      return value >> 96n === 0n
        ? {
            type: "operatorFee",
            scalar: Number(value >> 64n),
            constant: value & 0xffffffffffffffffn,
          }
        : null;
    case TYPE_MIN_BASE_FEE:
      return inRange(value, 0n, MAX_MIN_BASE_FEE)
        ? { type: "minBaseFee", minBaseFee: value }
        : null;
    case TYPE_DA_FOOTPRINT:
      return inRange(value, 0n, 65_535n) ? { type: "daFootprintGasScalar", scalar: low32 } : null;
    default:
      return null;
  }
}

function inRange(value: bigint, low: bigint, high: bigint): boolean {
  return value >= low && value <= high;
}
