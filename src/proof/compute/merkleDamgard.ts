import { ComputeError } from "./errors.js";

const BLOCK = 64;
/** Bytes of the length at the end of the last block. */
const LENGTH_BYTES = 8;

/**
 * The last one or two blocks of a message in SHA-256 (length big-endian) or RIPEMD-160 (little-endian): the rest of it, a bit 1,
 * zeroes, the number of its bits.
 * Shapes: `tail` has totalLength mod 64 bytes; 64 or 128 bytes come back.
 * Errors: COMPUTE_BAD_SLICE.
 */
export function paddedTail(
  tail: Uint8Array,
  totalLength: number,
  isLittleEndian: boolean,
): Uint8Array {
  if (tail.length !== totalLength % BLOCK) {
    throw new ComputeError("COMPUTE_BAD_SLICE", { tailLength: tail.length, totalLength });
  }
  const isOneBlock = tail.length + 1 + LENGTH_BYTES <= BLOCK;
  const padded = new Uint8Array(isOneBlock ? BLOCK : 2 * BLOCK);
  padded.set(tail);
  padded[tail.length] = 0x80;
  const bits = 8n * BigInt(totalLength);
  new DataView(padded.buffer).setBigUint64(padded.length - LENGTH_BYTES, bits, isLittleEndian);
  return padded;
}
