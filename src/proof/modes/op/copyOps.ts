import { GAS, wordsOf } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { goTo, halt, touch } from "../../step.js";
import { BUFFER, G, MODE } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { setCopy } from "../evm/setCopy.js";
import { fullOps, type OpFamily } from "./opEntry.js";

/** Pops destination, source offset and length, charges, and has COPY do the rest. */
function copyFrom(src: number, srcLength: (frame: Frame) => number, isStrict = false) {
  return (step: Step, frame: Frame): void => {
    const { stack } = frame;
    touch(step, G.lens);
    const sp = stack.length;
    const srcOff = stack[sp - 2] as Word;
    const len = stack[sp - 3] as Word;
    const end = windowEnd(stack[sp - 1] as Word, len);
    const srcLen = srcLength(frame);
    const isOut = isStrict && srcOff + len > BigInt(srcLen);
    const gas = end < 0 ? 0 : copyGas(frame, end, len);
    if (end < 0 || isOut || frame.gas < gas) {
      halt(step);
      return;
    }
    take(step, frame, gas, end);
    const size = Number(len);
    if (size === 0) return;
    setCopy(step, src, BUFFER.mem, srcOff, srcLen, end - size, size);
    goTo(step, MODE.copy, { ret: MODE.op });
  };
}

function copyGas(frame: Frame, end: number, len: Word): number {
  return GAS.veryLow + GAS.copyWord * wordsOf(Number(len)) + growthGas(frame, end);
}

function take(_step: Step, frame: Frame, gas: number, end: number): void {
  frame.stack.length -= 3;
  frame.gas -= gas;
  growMemory(frame, end);
  frame.pc++;
}

function mcopy(step: Step, frame: Frame): void {
  const { stack } = frame;
  const sp = stack.length;
  const dst = stack[sp - 1] as Word;
  const src = stack[sp - 2] as Word;
  const len = stack[sp - 3] as Word;
  const end = windowEnd(dst > src ? dst : src, len);
  const gas = end < 0 ? 0 : copyGas(frame, end, len);
  if (end < 0 || frame.gas < gas) {
    halt(step);
    return;
  }
  take(step, frame, gas, end);
  if (len === 0n) return;
  const srcLen = 32 * frame.memWords;
  const size = Number(len);
  setCopy(step, BUFFER.mem, BUFFER.mem, src, srcLen, Number(dst), size, dst > src);
  goTo(step, MODE.copy, { ret: MODE.op });
}

/** CALLDATACOPY, CODECOPY, RETURNDATACOPY, MCOPY. Sources: EIPs 211, 5656 */
export const COPY_OPS: OpFamily = fullOps(
  [0x37, GAS.veryLow, 3, 0, copyFrom(BUFFER.input, (frame) => frame.inputLen)],
  [0x39, GAS.veryLow, 3, 0, copyFrom(BUFFER.code, (frame) => frame.codeLen)],
  [0x3e, GAS.veryLow, 3, 0, copyFrom(BUFFER.ret, (frame) => frame.retLen, true)],
  [0x5e, GAS.veryLow, 3, 0, mcopy],
);
