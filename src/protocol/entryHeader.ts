import type { Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { assertLength, ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { ENTRY_HEADER_BYTES } from "./constants.js";
import type { EntryHeader } from "./types.js";

/**
 * Packs the header of a SequencerFeed entry.
 * Shapes: returns 181 bytes. Errors: PROTOCOL_BAD_VALUE.
 * Source: docs/protocol/feeds.md#entry-header-181-bytes-packed
 */
export function encodeEntryHeader(header: EntryHeader): Uint8Array {
  return new ByteWriter(ENTRY_HEADER_BYTES)
    .uint(1, header.format)
    .uint(8, header.index)
    .uint(8, header.l1Number)
    .uint(8, header.l1Time)
    .uint(8, header.firstOrigin)
    .uint(8, header.lastOrigin)
    .hex(32, header.originsHash)
    .uint(8, header.depTo)
    .hex(32, header.depRecordHash)
    .uint(4, header.dataLength)
    .hex(32, header.dataHash)
    .hex(32, header.prevEntryHash)
    .finish();
}

/** Reverse of `encodeEntryHeader`. Errors: PROTOCOL_BAD_LENGTH. */
export function decodeEntryHeader(bytes: Uint8Array): EntryHeader {
  assertLength(bytes, ENTRY_HEADER_BYTES);
  const reader = new ByteReader(bytes);
  return {
    format: reader.uint(1),
    index: reader.bigUint(8),
    l1Number: reader.bigUint(8),
    l1Time: reader.bigUint(8),
    firstOrigin: reader.bigUint(8),
    lastOrigin: reader.bigUint(8),
    originsHash: reader.hex(32),
    depTo: reader.bigUint(8),
    depRecordHash: reader.hex(32),
    dataLength: reader.uint(4),
    dataHash: reader.hex(32),
    prevEntryHash: reader.hex(32),
  };
}

/** What the feed stores for an entry. Errors: PROTOCOL_BAD_VALUE. */
export function hashEntryHeader(header: EntryHeader): Hash {
  return keccakHex(encodeEntryHeader(header));
}
