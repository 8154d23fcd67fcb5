import type { Word } from "../../state/types.js";

/** The low 20 bytes of a word. */
export function toAddress(word: Word): Word {
  return BigInt.asUintN(160, word);
}
