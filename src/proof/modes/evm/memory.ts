import type { Frame, Word } from "../../state/types.js";
import { LIMIT } from "../../table.js";

const FAR = BigInt(LIMIT.memoryEnd);

/** End of a memory window in bytes: 0 if it is empty, -1 (a halt) if it ends above 2^27. */
export function windowEnd(off: Word, len: Word): number {
  if (len === 0n) return 0;
  if (off > FAR || len > FAR) return -1;
  const end = Number(off) + Number(len);
  return end > LIMIT.memoryEnd ? -1 : end;
}

function price(words: number): number {
  return 3 * words + Math.floor((words * words) / 512);
}

/** Gas of having memory up to `end`. */
export function growthGas(frame: Frame, end: number): number {
  const words = Math.ceil(end / 32);
  return words <= frame.memWords ? 0 : price(words) - price(frame.memWords);
}

/** Has memory up to `end`. */
export function growMemory(frame: Frame, end: number): void {
  const words = Math.ceil(end / 32);
  if (words > frame.memWords) frame.memWords = words;
}
