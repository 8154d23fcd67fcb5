import {
  type Blake2Start,
  finishBlake2,
  runBlake2,
  startBlake2,
} from "../../compute/blake2Rounds.js";
import type { Step } from "../../state/types.js";
import { readPages, regs, touch } from "../../step.js";
import { BUFFER, G, LIMIT } from "../../table.js";
import {
  answerBytes,
  clearSlices,
  progressOf,
  runningBytes,
  setProgress,
  setRunningBytes,
} from "./slices.js";

const INPUT_BYTES = 213;
const VECTOR_WORDS = 4;

function inputOf(step: Step): Uint8Array {
  return readPages(step, BUFFER.input, 0, INPUT_BYTES);
}

/** PRECOMP has checked the flag. */
function open(input: Uint8Array): Blake2Start {
  return startBlake2(input) as Blake2Start;
}

/** PRECOMP's part of BLAKE2F in slices. */
export function beginBlake2(step: Step): void {
  setProgress(step, 0);
  setRunningBytes(step, open(inputOf(step)).v);
}

/** BLAKE2_I: some rounds of BLAKE2F. Source: docs/protocol/machine.md#precompiles */
export function blake2Slices(step: Step): void {
  regs(step);
  touch(step, G.lens);
  const input = inputOf(step);
  const rounds = new DataView(input.buffer, input.byteOffset).getUint32(0);
  const done = progressOf(step);
  const stop = Math.min(rounds, done + LIMIT.blakeRounds);
  const vector = runBlake2(runningBytes(step, VECTOR_WORDS), open(input).m, done, stop);
  if (stop < rounds) {
    setProgress(step, stop);
    setRunningBytes(step, vector);
    return;
  }
  clearSlices(step);
  answerBytes(step, finishBlake2(input, vector));
}
