import { FAST_LZ_TABLE_ENTRIES, type FastLzState, startFastLz } from "./fastLzRun.js";

const U32 = 0xffffffffn;

/** A run's scalars as the machine holds them: position, anchor, length, distance, 32 bits each, in the low half of a word. */
export function packFastLz(state: Omit<FastLzState, "table">): bigint {
  const { position, anchor, length, distance } = state;
  return (
    (BigInt(position) << 96n) | (BigInt(anchor) << 64n) | (BigInt(length) << 32n) | BigInt(distance)
  );
}

/** Reverse of `packFastLz`; no table means the empty one. */
export function unpackFastLz(word: bigint, table: Uint32Array | undefined): FastLzState {
  return {
    position: Number((word >> 96n) & U32),
    anchor: Number((word >> 64n) & U32),
    length: Number((word >> 32n) & U32),
    distance: Number(word & U32),
    table: table ?? new Uint32Array(FAST_LZ_TABLE_ENTRIES),
  };
}

/** The word in front of the first byte. */
export const FAST_LZ_START = packFastLz(startFastLz());
