import {
  modExpChunk,
  modExpResult,
  modExpSlice,
  modExpSlices as sliceCount,
  startModExp,
  toWords,
} from "../../compute/modExpSlice.js";
import { modExpLengths } from "../../compute/precompileGas.js";
import { bufferPlace } from "../../state/gindex.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Frame, Step } from "../../state/types.js";
import { bufferOf, readPages, regs, touch, touchPages } from "../../step.js";
import { BUFFER, DEPTH, G } from "../../table.js";
import { answerBytes, clearSlices, progressOf, setProgress } from "./slices.js";

const HEAD = 96;
const MOST_BYTES = HEAD + 3 * 1024;

/** The numbers of a MODEXP input; what is missing is 0. */
interface ModExpInput {
  readonly base: Uint8Array;
  readonly exponent: Uint8Array;
  readonly modulus: Uint8Array;
}

function parse(step: Step, frame: Frame): ModExpInput {
  const given = readPages(step, BUFFER.input, 0, Math.min(frame.inputLen, MOST_BYTES));
  const lengths = modExpLengths(given);
  const [b, e, m] = [lengths.base, lengths.exponent, lengths.modulus].map(Number) as [
    number,
    number,
    number,
  ];
  const all = new Uint8Array(HEAD + b + e + m);
  all.set(given.subarray(0, all.length));
  return {
    base: all.subarray(HEAD, HEAD + b),
    exponent: all.subarray(HEAD + b, HEAD + b + e),
    modulus: all.subarray(HEAD + b + e),
  };
}

/** PRECOMP's part of MODEXP in slices; a modulus of 0 is answered at once. */
export function beginModExp(step: Step): void {
  const { modulus } = parse(step, regs(step));
  if (modulus.every((byte) => byte === 0)) {
    answerBytes(step, new Uint8Array(modulus.length));
    return;
  }
  touch(step, G.bufA);
  setProgress(step, 0);
  step.s.work.bufA = PagedBytes.of(DEPTH.bytes, startModExp(toWords(modulus)));
}

/** MODEXP_I: 88 bits of the exponent; quotient and remainder of the reduction are in aux. Source: docs/protocol/machine.md#precompiles */
export function modExpSlices(step: Step): void {
  const { s, rec } = step;
  const { base, exponent, modulus } = parse(step, regs(step));
  touch(step, G.lens);
  const done = progressOf(step);
  const m = toWords(modulus);
  touchPages(step, bufferPlace(BUFFER.bufA), 0, m.length);
  const before = bufferOf(s, BUFFER.bufA).read(0, m.length);
  const { acc, quotient } = modExpSlice(before, base, m, modExpChunk(exponent, done));
  rec?.aux(Uint8Array.from([...quotient, ...acc]));
  if (done + 1 < sliceCount(exponent.length)) {
    setProgress(step, done + 1);
    s.work.bufA.write(0, acc);
    return;
  }
  clearSlices(step);
  answerBytes(step, modExpResult(acc, modulus.length));
}
