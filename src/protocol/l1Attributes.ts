import type { Hash } from "../util/hex.js";
import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import {
  DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
  DEPOSITOR,
  L1_ATTRIBUTES_GAS,
  PREDEPLOYS,
} from "./constants.js";
import { encodeDepositTx } from "./depositTx.js";
import { ProtocolError } from "./errors.js";
import { l1InfoSourceHash } from "./sourceHash.js";
import type { L1Origin, SystemConfigValues } from "./types.js";

/** Bytes of the calldata, selector included. */
export const L1_ATTRIBUTES_BYTES = 178;
const SELECTOR = 0x3db6be2b;
/** Calldata carries the batches, so there is no blob price to pass on. */
const BLOB_BASE_FEE = 1n;

/** What the L1 attributes of a block are made of; `config` is that before the block. */
export interface L1AttributesInput {
  origin: L1Origin;
  sequenceNumber: bigint;
  config: SystemConfigValues;
}

/** Content of the calldata. */
export interface L1Attributes {
  baseFeeScalar: number;
  blobBaseFeeScalar: number;
  sequenceNumber: bigint;
  originTime: bigint;
  originNumber: bigint;
  originBaseFee: bigint;
  blobBaseFee: bigint;
  originHash: Hash;
  batcherHash: Hash;
  operatorFeeScalar: number;
  operatorFeeConstant: bigint;
  daFootprintGasScalar: number;
}

/** Calldata of the L1 attributes transaction. Shapes: returns 178 bytes. Errors: PROTOCOL_BAD_VALUE. Source: docs/protocol/deposits.md#l1-attributes-transaction */
export function encodeL1Attributes({
  origin,
  sequenceNumber,
  config,
}: L1AttributesInput): Uint8Array {
  return new ByteWriter(L1_ATTRIBUTES_BYTES)
    .uint(4, SELECTOR)
    .uint(4, config.baseFeeScalar)
    .uint(4, config.blobBaseFeeScalar)
    .uint(8, sequenceNumber)
    .uint(8, origin.time)
    .uint(8, origin.number)
    .uint(32, origin.baseFee)
    .uint(32, BLOB_BASE_FEE)
    .hex(32, origin.hash)
    .hex(32, config.batcherHash)
    .uint(4, config.operatorFeeScalar)
    .uint(8, config.operatorFeeConstant)
    .uint(2, config.daFootprintGasScalar || DEFAULT_DA_FOOTPRINT_GAS_SCALAR)
    .finish();
}

/** Reverse of `encodeL1Attributes`. Errors: PROTOCOL_BAD_L1_ATTRIBUTES. */
export function decodeL1Attributes(calldata: Uint8Array): L1Attributes {
  const reader = new ByteReader(calldata);
  if (calldata.length !== L1_ATTRIBUTES_BYTES || reader.uint(4) !== SELECTOR) {
    throw new ProtocolError("PROTOCOL_BAD_L1_ATTRIBUTES", { length: calldata.length });
  }
  return {
    baseFeeScalar: reader.uint(4),
    blobBaseFeeScalar: reader.uint(4),
    sequenceNumber: reader.bigUint(8),
    originTime: reader.bigUint(8),
    originNumber: reader.bigUint(8),
    originBaseFee: reader.bigUint(32),
    blobBaseFee: reader.bigUint(32),
    originHash: reader.hex(32),
    batcherHash: reader.hex(32),
    operatorFeeScalar: reader.uint(4),
    operatorFeeConstant: reader.bigUint(8),
    daFootprintGasScalar: reader.uint(2),
  };
}

/** Envelope of the first transaction of a block. Errors: PROTOCOL_BAD_VALUE. */
export function l1AttributesTx(input: L1AttributesInput): Uint8Array {
  return encodeDepositTx({
    sourceHash: l1InfoSourceHash(input.origin.hash, input.sequenceNumber),
    from: DEPOSITOR,
    to: PREDEPLOYS.l1Block,
    mint: 0n,
    value: 0n,
    gas: L1_ATTRIBUTES_GAS,
    isSystemTx: false,
    data: encodeL1Attributes(input),
  });
}
