import { ByteReader } from "../protocol/byteReader.js";
import { ByteWriter } from "../protocol/byteWriter.js";
import type { Cursor, L1Origin, SystemConfigValues } from "../protocol/types.js";
import { DeriveError } from "./errors.js";

const VERSION = 1;
const ORIGIN_BYTES = 144;
const CONFIG_BYTES = 78;
/** Size of a stored cursor. */
export const CURSOR_BYTES = 1 + 5 * 8 + ORIGIN_BYTES + 13 + CONFIG_BYTES;

/** A cursor as bytes for storage; not part of the protocol. Shapes: returns CURSOR_BYTES bytes. */
export function encodeCursor(cursor: Cursor): Uint8Array {
  const writer = new ByteWriter(CURSOR_BYTES)
    .uint(1, VERSION)
    .uint(8, cursor.l2Number)
    .uint(8, cursor.l2Time)
    .uint(8, cursor.sequenceNumber)
    .uint(8, cursor.recordIndex)
    .uint(8, cursor.entryIndex)
    .uint(1, cursor.lastHint === null ? 0 : 1)
    .uint(8, cursor.lastHint?.l1Number ?? 0)
    .uint(4, cursor.lastHint?.logIndex ?? 0);
  writeOrigin(writer, cursor.origin);
  writeConfig(writer, cursor.config);
  return writer.finish();
}

/** Reverse of `encodeCursor`. Errors: DERIVE_BAD_CURSOR. */
export function decodeCursor(bytes: Uint8Array): Cursor {
  const reader = new ByteReader(bytes);
  if (bytes.length !== CURSOR_BYTES || reader.uint(1) !== VERSION) {
    throw new DeriveError("DERIVE_BAD_CURSOR", { length: bytes.length });
  }
  const [l2Number, l2Time, sequenceNumber, recordIndex, entryIndex] = [
    reader.bigUint(8),
    reader.bigUint(8),
    reader.bigUint(8),
    reader.bigUint(8),
    reader.bigUint(8),
  ];
  const hasHint = reader.uint(1) === 1;
  const hint = { l1Number: reader.bigUint(8), logIndex: reader.uint(4) };
  return {
    l2Number,
    l2Time,
    origin: readOrigin(reader),
    sequenceNumber,
    recordIndex,
    lastHint: hasHint ? hint : null,
    config: readConfig(reader),
    entryIndex,
  };
}

function writeOrigin(writer: ByteWriter, origin: L1Origin): void {
  writer
    .uint(8, origin.number)
    .hex(32, origin.hash)
    .uint(8, origin.time)
    .uint(32, origin.baseFee)
    .hex(32, origin.prevRandao)
    .hex(32, origin.parentBeaconBlockRoot);
}

function readOrigin(reader: ByteReader): L1Origin {
  return {
    number: reader.bigUint(8),
    hash: reader.hex(32),
    time: reader.bigUint(8),
    baseFee: reader.bigUint(32),
    prevRandao: reader.hex(32),
    parentBeaconBlockRoot: reader.hex(32),
  };
}

function writeConfig(writer: ByteWriter, config: SystemConfigValues): void {
  writer
    .hex(32, config.batcherHash)
    .uint(4, config.baseFeeScalar)
    .uint(4, config.blobBaseFeeScalar)
    .uint(8, config.gasLimit)
    .uint(4, config.eip1559Denominator)
    .uint(4, config.eip1559Elasticity)
    .uint(4, config.operatorFeeScalar)
    .uint(8, config.operatorFeeConstant)
    .uint(8, config.minBaseFee)
    .uint(2, config.daFootprintGasScalar);
}

function readConfig(reader: ByteReader): SystemConfigValues {
  return {
    batcherHash: reader.hex(32),
    baseFeeScalar: reader.uint(4),
    blobBaseFeeScalar: reader.uint(4),
    gasLimit: reader.bigUint(8),
    eip1559Denominator: reader.uint(4),
    eip1559Elasticity: reader.uint(4),
    operatorFeeScalar: reader.uint(4),
    operatorFeeConstant: reader.bigUint(8),
    minBaseFee: reader.bigUint(8),
    daFootprintGasScalar: reader.uint(2),
  };
}
