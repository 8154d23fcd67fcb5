import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { goTo, push, reg, regs, setReg, touch } from "../../step.js";
import { BUFFER, DEPTH, G, KIND, MODE, OUTCOME, R } from "../../table.js";
import { getOutcome } from "./outcome.js";
import { setCopy } from "./setCopy.js";

/** The caller goes on with what its call or creation gave. Source: docs/protocol/machine.md#opcodes */
export function resume(step: Step): void {
  const { work } = step.s;
  const frame = regs(step);
  touch(step, G.lens, G.ret, G.outWin, G.bufA);
  const { outcome, kind, gasLeft, outLen } = getOutcome(step);
  const created = reg(step, R.newAddr);
  const isCreation = kind >= KIND.create;
  const isSuccess = outcome === OUTCOME.success;
  const isEmpty = isCreation && isSuccess;
  const { outOff, outSize } = frame;
  frame.gas += gasLeft;
  frame.pc++;
  push(step, !isSuccess ? 0n : isCreation ? created : 1n);
  frame.ret = isEmpty ? new PagedBytes(DEPTH.bytes) : work.bufA;
  frame.retLen = isEmpty ? 0 : outLen;
  frame.outOff = 0;
  frame.outSize = 0;
  work.bufA = new PagedBytes(DEPTH.bytes);
  setReg(step, R.outcome, 0n);
  setReg(step, R.newAddr, 0n);
  const size = isCreation ? 0 : Math.min(outLen, outSize);
  if (size === 0) {
    goTo(step, MODE.op);
    return;
  }
  setCopy(step, BUFFER.ret, BUFFER.mem, 0n, frame.retLen, outOff, size);
  goTo(step, MODE.copy, { ret: MODE.op });
}
