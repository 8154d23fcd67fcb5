import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { goTo, leaveFrame, regs, setReg, touch } from "../../step.js";
import { DEPTH, G, MODE, OUTCOME, R } from "../../table.js";
import { getOutcome, setOutcome } from "./outcome.js";

/** A frame ends: what it did stays or is undone, and the caller's frame is back. Source: docs/protocol/machine.md#opcodes */
export function exit(step: Step): void {
  const { s } = step;
  const { kind, gas, newAddr, snapRev, parent } = regs(step);
  touch(step, G.newAddr, G.parent);
  const { outcome, outLen } = getOutcome(step);
  const isHalt = outcome === OUTCOME.halt;
  if (outcome !== OUTCOME.success) {
    touch(step, G.rev, G.snapRev);
    s.rev = snapRev;
  }
  if (isHalt) {
    touch(step, G.bufA);
    s.work.bufA = new PagedBytes(DEPTH.bytes);
  }
  setOutcome(step, {
    outcome,
    kind,
    isTop: parent === undefined,
    gasLeft: isHalt ? 0 : gas,
    outLen: isHalt ? 0 : outLen,
  });
  setReg(step, R.newAddr, newAddr);
  leaveFrame(step);
  goTo(step, parent === undefined ? MODE.settle : MODE.resume);
}
