import { assertLength, ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { ProtocolError } from "./errors.js";

export const EXTRA_DATA_BYTES = 17;
const VERSION = 1;

/** Base fee parameters that a header hands to its child. */
export interface ExtraData {
  denominator: number;
  elasticity: number;
  minBaseFee: bigint;
}

/** Packs a header's `extraData`. Shapes: returns 17 bytes. Errors: PROTOCOL_BAD_VALUE. Source: docs/protocol/execution.md#header */
export function encodeExtraData({ denominator, elasticity, minBaseFee }: ExtraData): Uint8Array {
  return new ByteWriter(EXTRA_DATA_BYTES)
    .uint(1, VERSION)
    .uint(4, denominator)
    .uint(4, elasticity)
    .uint(8, minBaseFee)
    .finish();
}

/** Reverse of `encodeExtraData`. Errors: PROTOCOL_BAD_LENGTH, PROTOCOL_BAD_VALUE for another version. */
export function decodeExtraData(bytes: Uint8Array): ExtraData {
  assertLength(bytes, EXTRA_DATA_BYTES);
  const reader = new ByteReader(bytes);
  const version = reader.uint(1);
  if (version !== VERSION) throw new ProtocolError("PROTOCOL_BAD_VALUE", { version });
  return { denominator: reader.uint(4), elasticity: reader.uint(4), minBaseFee: reader.bigUint(8) };
}
