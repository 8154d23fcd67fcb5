import type { Word } from "./types.js";

/** Largest word. */
export const WORD_MAX: Word = 2n ** 256n - 1n;
const LOW = 0xffff_ffff_ffff_ffffn;

/** Writes a word at a place that need not be aligned. */
export function putWord(view: DataView, at: number, word: Word): void {
  view.setBigUint64(at + 24, word & LOW);
  if (word <= LOW) {
    view.setBigUint64(at, 0n);
    view.setBigUint64(at + 8, 0n);
    view.setBigUint64(at + 16, 0n);
    return;
  }
  view.setBigUint64(at + 16, (word >> 64n) & LOW);
  view.setBigUint64(at + 8, (word >> 128n) & LOW);
  view.setBigUint64(at, word >> 192n);
}

/** The word at a place that need not be aligned. */
export function getWord(view: DataView, at: number): Word {
  const low = view.getBigUint64(at + 24);
  const second = view.getBigUint64(at + 16);
  const third = view.getBigUint64(at + 8);
  const high = view.getBigUint64(at);
  if (high === 0n && third === 0n) return second === 0n ? low : (second << 64n) | low;
  return (high << 192n) | (third << 128n) | (second << 64n) | low;
}

/** A word as 32 fresh bytes. */
export function wordToBytes(word: Word): Uint8Array {
  const bytes = new Uint8Array(32);
  if (word !== 0n) putWord(new DataView(bytes.buffer), 0, word);
  return bytes;
}

/** Up to 32 bytes as a number. */
export function bytesToWord(bytes: Uint8Array): Word {
  if (bytes.length === 32) {
    return getWord(new DataView(bytes.buffer, bytes.byteOffset, 32), 0);
  }
  const padded = new Uint8Array(32);
  padded.set(bytes, 32 - bytes.length);
  return getWord(new DataView(padded.buffer), 0);
}

/** An address in a word as 20 fresh bytes. */
export function addressBytes(address: Word): Uint8Array {
  return wordToBytes(address).slice(12);
}
