import { GAS } from "../../gas.js";
import { bufferPlace } from "../../state/gindex.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { halt, touchWords } from "../../step.js";
import { BUFFER } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { fullOps, type OpFamily } from "./opEntry.js";

const MEMORY = bufferPlace(BUFFER.mem);

/** Takes the gas of a window from the top offset on, grows memory and tells its words; -1 after a halt, else the offset. */
function open(step: Step, frame: Frame, size: bigint): number {
  const { stack } = frame;
  const end = windowEnd(stack[stack.length - 1] as Word, size);
  const gas = end < 0 ? 0 : GAS.veryLow + growthGas(frame, end);
  if (end < 0 || frame.gas < gas) {
    halt(step);
    return -1;
  }
  frame.gas -= gas;
  growMemory(frame, end);
  frame.pc++;
  const off = end - Number(size);
  if (step.rec !== undefined) touchWords(step, MEMORY, off, Number(size));
  return off;
}

function mload(step: Step, frame: Frame): void {
  const off = open(step, frame, 32n);
  if (off >= 0) frame.stack[frame.stack.length - 1] = frame.mem.readWord(off);
}

function mstore(step: Step, frame: Frame): void {
  const off = open(step, frame, 32n);
  if (off < 0) return;
  frame.stack.pop();
  frame.mem.writeWord(off, frame.stack.pop() as Word);
}

function mstore8(step: Step, frame: Frame): void {
  const off = open(step, frame, 1n);
  if (off < 0) return;
  frame.stack.pop();
  frame.mem.writeByte(off, Number((frame.stack.pop() as Word) & 0xffn));
}

/** MLOAD, MSTORE, MSTORE8. Source: Yellow Paper, appendix H */
export const MEMORY_OPS: OpFamily = fullOps(
  [0x51, GAS.veryLow, 1, 1, mload],
  [0x52, GAS.veryLow, 2, 0, mstore],
  [0x53, GAS.veryLow, 2, 0, mstore8],
);
