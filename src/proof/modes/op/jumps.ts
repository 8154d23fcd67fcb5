import { GAS } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { halt } from "../../step.js";
import { G } from "../../table.js";
import { codeOfFrame } from "../evm/frameCode.js";
import { fullOps, type OpFamily } from "./opEntry.js";

/** The place of a taken jump, with the code in the witness and its hash; -1 if nobody may jump there. */
function landing({ rec }: Step, frame: Frame, to: Word): number {
  const code = codeOfFrame(frame);
  rec?.leaf(G.codeHash);
  rec?.code(code.bytes);
  if (to >= BigInt(code.bytes.length)) return -1;
  const pc = Number(to);
  return code.isJumpDest(pc) ? pc : -1;
}

function jump(step: Step, frame: Frame): void {
  const { stack } = frame;
  const pc = landing(step, frame, stack[stack.length - 1] as Word);
  if (pc < 0) {
    halt(step);
    return;
  }
  stack.pop();
  frame.gas -= GAS.mid;
  frame.pc = pc;
}

function jumpIf(step: Step, frame: Frame): void {
  const { stack } = frame;
  const isTaken = stack[stack.length - 2] !== 0n;
  const pc = isTaken ? landing(step, frame, stack[stack.length - 1] as Word) : frame.pc + 1;
  if (pc < 0) {
    halt(step);
    return;
  }
  stack.pop();
  stack.pop();
  frame.gas -= GAS.high;
  frame.pc = pc;
}

/** JUMP, JUMPI. Source: Yellow Paper, appendix H */
export const JUMPS: OpFamily = fullOps([0x56, GAS.mid, 1, 0, jump], [0x57, GAS.high, 2, 0, jumpIf]);
