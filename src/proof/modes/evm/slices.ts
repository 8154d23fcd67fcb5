import { packed } from "../../state/packed.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { bytesToWord, wordToBytes } from "../../state/wordBytes.js";
import { goTo, halt, reg, setReg, touch } from "../../step.js";
import { DEPTH, G, MODE, OUTCOME, R } from "../../table.js";
import { setOutcome } from "./outcome.js";

/** Running values have R13 to R24; the progress of a precompile in slices is in R11. */
const LAST_SLICE_REG = 24;

/** R11 of a precompile in slices: bytes, pairs, rounds or chunks done. */
const PROGRESS_WORD = packed({ done: "u32" });

/** What a precompile gives goes to bufA, and its frame ends. */
export function answer(step: Step, output: PagedBytes, outLen: number): void {
  touch(step, G.bufA);
  step.s.work.bufA = output;
  setOutcome(step, { outcome: OUTCOME.success, outLen });
  goTo(step, MODE.exit);
}

/** Like `answer`, with bytes. */
export function answerBytes(step: Step, output: Uint8Array): void {
  answer(step, PagedBytes.of(DEPTH.bytes, output), output.length);
}

/** How far a precompile in slices has come. */
export function progressOf(step: Step): number {
  return PROGRESS_WORD.unpack(reg(step, R.beneficiary)).done;
}

/** Says how far it has come. */
export function setProgress(step: Step, done: number): void {
  setReg(step, R.beneficiary, PROGRESS_WORD.pack({ done }));
}

/** Running value of whole words, from R13 on. */
export function runningBytes(step: Step, words: number): Uint8Array {
  const bytes = new Uint8Array(32 * words);
  for (let i = 0; i < words; i++) bytes.set(wordToBytes(reg(step, R.slice0 + i)), 32 * i);
  return bytes;
}

/** Shapes: whole words. */
export function setRunningBytes(step: Step, bytes: Uint8Array): void {
  for (let i = 0; 32 * i < bytes.length; i++) {
    setReg(step, R.slice0 + i, bytesToWord(bytes.subarray(32 * i, 32 * i + 32)));
  }
}

/** The registers of slices become 0; all of them are told, whichever were used. */
export function clearSlices(step: Step): void {
  setReg(step, R.beneficiary, 0n);
  for (let index = R.slice0; index <= LAST_SLICE_REG; index++) setReg(step, index, 0n);
}

/** A slice finds that the precompile fails. */
export function haltSlices(step: Step): void {
  clearSlices(step);
  halt(step);
}
