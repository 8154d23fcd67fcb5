import { bufferPlace, gStack } from "../../state/gindex.js";
import type { Frame, Recorder, Step } from "../../state/types.js";
import { frameOf, halt, touchWords } from "../../step.js";
import { BUFFER, G, LIMIT } from "../../table.js";
import { codeOfFrame } from "../evm/frameCode.js";
import type { OpEntry } from "./opEntry.js";
import { OP_TABLE } from "./opTable.js";
import { isShuffle } from "./stackOps.js";

const CODE = bufferPlace(BUFFER.code);
const PUSH0 = 0x5f;
const PUSH32 = 0x7f;

/** One opcode of the running frame. Source: docs/protocol/machine.md#opcodes */
export function op(step: Step): void {
  const frame = frameOf(step);
  const { pc, stack } = frame;
  const { bytes } = codeOfFrame(frame);
  const opcode = pc < bytes.length ? (bytes[pc] as number) : 0;
  if (step.rec !== undefined) recordFetch(step, frame, opcode);
  const entry = OP_TABLE[opcode];
  const sp = stack.length;
  if (
    entry === undefined ||
    sp < entry.pops ||
    sp - entry.pops + entry.pushes > LIMIT.stackWords ||
    (entry.isWriting && frame.isStatic)
  ) {
    halt(step);
    return;
  }
  if (step.rec !== undefined && !isShuffle(opcode)) recordStack(step.rec, sp, entry);
  if (frame.gas < entry.gas) {
    halt(step);
    return;
  }
  if (entry.plain === undefined) {
    entry.full?.(step, frame);
    return;
  }
  entry.plain(stack, frame, step);
  frame.gas -= entry.gas;
  frame.pc++;
}

/** Registers, length of the code, and the word of the opcode with the one that its push data reaches into. */
function recordFetch(step: Step, { pc, code }: Frame, opcode: number): void {
  step.rec?.leaf(G.regs);
  step.rec?.leaf(G.lens);
  // By this byte the verifier finds the contract; nothing else depends on it.
  step.rec?.aux(Uint8Array.of(opcode));
  const size = opcode > PUSH0 && opcode <= PUSH32 ? opcode - PUSH0 : 0;
  if (pc < code.capacity) touchWords(step, CODE, pc, Math.min(size + 1, code.capacity - pc));
}

function recordStack(rec: Recorder, sp: number, { pops, pushes }: OpEntry): void {
  const first = sp - pops;
  const count = Math.max(pops, pushes);
  for (let slot = first; slot < first + count; slot++) rec.leaf(gStack(slot));
}
