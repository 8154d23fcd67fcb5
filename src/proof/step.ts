import { ProofError } from "./errors.js";
import { cloneFrame } from "./state/cloneFrame.js";
import { bufferPlace, gCall, gPage, gReg, gStack, gWord, type Place } from "./state/gindex.js";
import { PAGE_BYTES, PAGE_DEPTH } from "./state/page.js";
import type { PagedBytes } from "./state/pagedBytes.js";
import type { Ctl, Frame, MachineState, Rev, Step, Word } from "./state/types.js";
import { OUTCOME_WORD } from "./state/words.js";
import { BUFFER, G, MODE, OUTCOME, R } from "./table.js";

/**
 * What step functions are written with: each helper does something to the state and tells the recorder.
 *
 * Rules for a step function: check everything before the first change (a halt changes nothing but R4 and `ctl`); `ctl` is
 * recorded by the machine; `pop` and `push` record stack slots but not `sp`, so a step that uses them calls `regs`.
 */

/** Tells the recorder, if there is one, of leaves or nodes that are read or written as a whole. */
export function touch(step: Step, ...gs: number[]): void {
  const { rec } = step;
  if (rec !== undefined) for (const g of gs) rec.leaf(g);
}

// ---------------------------------------------------------------- control

/** Goes to a mode. The fields of `ctl` that are not given become 0, whatever they were: what shall stay is given again. */
export function goTo(step: Step, mode: number, fields: Partial<Omit<Ctl, "mode">> = {}): void {
  const { ctl } = step.s;
  ctl.mode = mode;
  ctl.sub = fields.sub ?? 0;
  ctl.ret = fields.ret ?? 0;
  ctl.op = fields.op ?? 0;
  ctl.cnt = fields.cnt ?? 0;
  ctl.a = fields.a ?? 0;
  ctl.b = fields.b ?? 0;
}

/** The running frame ends without gas: R4 says halt, EXIT follows. */
export function halt(step: Step): void {
  const word = OUTCOME_WORD.pack({
    outcome: OUTCOME.halt,
    kind: 0,
    isTop: false,
    gasLeft: 0,
    outLen: 0,
  });
  setReg(step, R.outcome, word);
  goTo(step, MODE.exit);
}

// ---------------------------------------------------------------- frame and stack

/** The running frame; records nothing. Errors: PROOF_NO_FRAME. */
export function frameOf(step: Step): Frame {
  const { frame } = step.s;
  if (frame === undefined) throw new ProofError("PROOF_NO_FRAME", { mode: step.s.ctl.mode });
  return frame;
}

/** The running frame, whose packed registers (pc, gas, sp, memWords, depth, kind, isStatic) are read or written. Errors: PROOF_NO_FRAME. */
export function regs(step: Step): Frame {
  step.rec?.leaf(G.regs);
  return frameOf(step);
}

/** Takes the top word, which must be there. Its slot becomes 0, or what is pushed next. */
export function pop(step: Step): Word {
  const { stack } = frameOf(step);
  step.rec?.leaf(gStack(stack.length - 1));
  return stack.pop() as Word;
}

/** Puts a word on the stack. */
export function push(step: Step, word: Word): void {
  const { stack } = frameOf(step);
  step.rec?.leaf(gStack(stack.length));
  stack.push(word);
}

/** Takes gas from the running frame; false, and nothing changed, if there is too little. Its registers must be recorded. */
export function takeGas(step: Step, gas: number): boolean {
  const frame = frameOf(step);
  if (frame.gas < gas) return false;
  frame.gas -= gas;
  return true;
}

/** A frame begins to run; the caller's frame is its parent, and is not changed from now on. */
export function enterFrame(step: Step, frame: Frame): void {
  step.s.frame = frame;
  step.rec?.leaf(G.frame);
}

/** The running frame ends: a copy of its parent goes on, or there is none. Returns the frame that ended. */
export function leaveFrame(step: Step): Frame {
  const frame = frameOf(step);
  const { parent } = frame;
  step.rec?.leaf(G.frame);
  step.rec?.leaf(G.parent);
  step.s.frame = parent === undefined ? undefined : cloneFrame(parent);
  return frame;
}

/** Replaces fields of `rev`; whoever changes them records their leaves. */
export function setRev(step: Step, fields: Partial<Rev>): void {
  step.s.rev = { ...step.s.rev, ...fields };
}

// ---------------------------------------------------------------- work

/** A register of `work`: `COPY_WORD.unpack(reg(step, R.copy))`. */
export function reg(step: Step, index: number): Word {
  step.rec?.leaf(gReg(index));
  return step.s.work.regs[index] as Word;
}

/** Writes a register of `work`: `setReg(step, R.copy, COPY_WORD.pack(job))`. */
export function setReg(step: Step, index: number, word: Word): void {
  step.rec?.leaf(gReg(index));
  step.s.work.regs[index] = word;
}

/** A call word. C8 and C9 are not here: see `work.calleeCode` and `work.snapshot`. */
export function callWord(step: Step, index: number): Word {
  step.rec?.leaf(gCall(index));
  return step.s.work.call[index] as Word;
}

/** Writes a call word, but C8 and C9. */
export function setCallWord(step: Step, index: number, word: Word): void {
  step.rec?.leaf(gCall(index));
  step.s.work.call[index] = word;
}

// ---------------------------------------------------------------- byte strings

/** The byte string of a number in BUFFER. For `logs` the one of `rev`, which must be replaced, not changed: see `editBuffer`. */
export function bufferOf(s: MachineState, buffer: number): PagedBytes {
  if (buffer === BUFFER.bufA) return s.work.bufA;
  if (buffer === BUFFER.bufB) return s.work.bufB;
  if (buffer === BUFFER.logs) return s.rev.logs;
  if (buffer === BUFFER.batch) return s.chain.batch.data;
  if (buffer === BUFFER.raw) return s.tx.raw;
  const { frame } = s;
  if (frame === undefined) throw new ProofError("PROOF_NO_FRAME", { buffer });
  if (buffer === BUFFER.input) return frame.input;
  if (buffer === BUFFER.ret) return frame.ret;
  return buffer === BUFFER.code ? frame.code : frame.mem;
}

/** The byte string of a number in BUFFER, to be written to. */
export function editBuffer(s: MachineState, buffer: number): PagedBytes {
  if (buffer !== BUFFER.logs) return bufferOf(s, buffer);
  const logs = s.rev.logs.clone();
  s.rev = { ...s.rev, logs };
  return logs;
}

/** Records the words of a byte string that a range touches, one by one: for a few bytes. */
export function touchWords(step: Step, place: Place, off: number, len: number): void {
  const { rec } = step;
  if (rec === undefined || len === 0) return;
  const last = Math.floor((off + len - 1) / 32);
  for (let word = Math.floor(off / 32); word <= last; word++) rec.leaf(gWord(place, word));
}

/** Records the pages of a byte string that a range touches, with their words. */
export function touchPages(step: Step, place: Place, off: number, len: number): void {
  const { rec } = step;
  if (rec === undefined || len === 0) return;
  const last = Math.floor((off + len - 1) / PAGE_BYTES);
  for (let page = Math.floor(off / PAGE_BYTES); page <= last; page++) {
    rec.words(gPage(place, page), PAGE_DEPTH);
  }
}

/** Bytes of the byte string of a number in BUFFER; records the pages. */
export function readPages(step: Step, buffer: number, off: number, len: number): Uint8Array {
  touchPages(step, bufferPlace(buffer), off, len);
  return bufferOf(step.s, buffer).read(off, len);
}
