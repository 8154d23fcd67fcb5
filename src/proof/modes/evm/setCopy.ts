import type { Step, Word } from "../../state/types.js";
import { COPY_WORD } from "../../state/words.js";
import { setReg } from "../../step.js";
import { R } from "../../table.js";

/** Says in R0 what COPY shall do. An offset behind the source's end is kept as that end: all there is 0. */
export function setCopy(
  step: Step,
  src: number,
  dst: number,
  srcOff: Word,
  srcLen: number,
  dstOff: number,
  left: number,
  isDown = false,
): void {
  const off = srcOff > BigInt(srcLen) ? srcLen : Number(srcOff);
  const word = COPY_WORD.pack({ src, dst, isDown, zero: 0, srcOff: off, srcLen, dstOff, left });
  setReg(step, R.copy, word);
}
