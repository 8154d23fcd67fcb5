/** 2^256. */
export const WORD_SPAN = 1n << 256n;

/** The word at an offset. */
export function readWord(view: DataView, offset: number): bigint {
  const a = view.getBigUint64(offset);
  const b = view.getBigUint64(offset + 8);
  const c = view.getBigUint64(offset + 16);
  const d = view.getBigUint64(offset + 24);
  if (a === 0n && b === 0n) return c === 0n ? d : (c << 64n) | d;
  return (((((a << 64n) | b) << 64n) | c) << 64n) | d;
}

/** Writes a word at an offset. */
export function writeWord(view: DataView, offset: number, word: bigint): void {
  if (word < 0x10000000000000000n) {
    view.setBigUint64(offset, 0n);
    view.setBigUint64(offset + 8, 0n);
    view.setBigUint64(offset + 16, 0n);
  } else {
    // What does not fit is cut off.
    view.setBigUint64(offset, word >> 192n);
    view.setBigUint64(offset + 8, word >> 128n);
    view.setBigUint64(offset + 16, word >> 64n);
  }
  view.setBigUint64(offset + 24, word);
}

/** A word as 32 fresh bytes. */
export function wordBytes(word: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  writeWord(new DataView(bytes.buffer), 0, word);
  return bytes;
}

/** An integer of at most 32 bytes, as the state keeps it: without leading zeros. */
export function wordOfBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length <= 6) {
    let value = 0;
    for (const byte of bytes) value = value * 256 + byte;
    return BigInt(value);
  }
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`);
}
