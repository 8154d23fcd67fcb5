import type { Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { assertLength, ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { RECORD_HEADER_BYTES } from "./constants.js";
import { ProtocolError } from "./errors.js";
import type { RecordHeader } from "./types.js";

/**
 * Packs the header of a DepositFeed record.
 * Shapes: returns 206 bytes. Errors: PROTOCOL_BAD_VALUE.
 * Source: docs/protocol/feeds.md#record-header-206-bytes-packed
 */
export function encodeRecordHeader(header: RecordHeader): Uint8Array {
  return new ByteWriter(RECORD_HEADER_BYTES)
    .uint(1, header.kind)
    .uint(8, header.index)
    .uint(8, header.l1Number)
    .uint(8, header.l1Time)
    .hex(20, header.from)
    .hex(20, header.to)
    .uint(1, header.isCreation ? 1 : 0)
    .uint(32, header.mint)
    .uint(32, header.value)
    .uint(8, header.gasLimit)
    .uint(4, header.dataLength)
    .hex(32, header.dataHash)
    .hex(32, header.prevRecordHash)
    .finish();
}

/** Reverse of `encodeRecordHeader`. Errors: PROTOCOL_BAD_LENGTH; PROTOCOL_BAD_VALUE if isCreation is neither 0 nor 1. */
export function decodeRecordHeader(bytes: Uint8Array): RecordHeader {
  assertLength(bytes, RECORD_HEADER_BYTES);
  const reader = new ByteReader(bytes);
  return {
    kind: reader.uint(1),
    index: reader.bigUint(8),
    l1Number: reader.bigUint(8),
    l1Time: reader.bigUint(8),
    from: reader.hex(20),
    to: reader.hex(20),
    isCreation: toBoolean(reader.uint(1)),
    mint: reader.bigUint(32),
    value: reader.bigUint(32),
    gasLimit: reader.bigUint(8),
    dataLength: reader.uint(4),
    dataHash: reader.hex(32),
    prevRecordHash: reader.hex(32),
  };
}

/** What the feed stores for a record. Errors: PROTOCOL_BAD_VALUE. */
export function hashRecordHeader(header: RecordHeader): Hash {
  return keccakHex(encodeRecordHeader(header));
}

function toBoolean(byte: number): boolean {
  if (byte > 1) throw new ProtocolError("PROTOCOL_BAD_VALUE", { field: "isCreation", value: byte });
  return byte === 1;
}
