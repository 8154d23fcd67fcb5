import { GAS } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { getTransient, putTransient, setSlotLoaded, slotWarmth } from "../../state/warmth.js";
import { getAccount, getSlot, NO_ACCOUNT, putAccount, withSlot } from "../../state/world.js";
import { halt, setRev, touch } from "../../step.js";
import { G } from "../../table.js";
import { fullOps, type OpFamily, writingOps } from "./opEntry.js";

function sload(step: Step, frame: Frame): void {
  const { stack, self } = frame;
  touch(step, G.self, G.stateRoot, G.warmSlot);
  const top = stack.length - 1;
  const slot = stack[top] as Word;
  const account = getAccount(step, self);
  const value = account === undefined ? 0n : getSlot(step, account, slot);
  const { isCold, original } = slotWarmth(step, self, slot);
  const gas = isCold ? GAS.coldSlot : GAS.warm;
  if (frame.gas < gas) {
    halt(step);
    return;
  }
  if (original === undefined) setSlotLoaded(step, self, slot, value);
  stack[top] = value;
  frame.gas -= gas;
  frame.pc++;
}

/** EIP-2200's price of a write, warm. */
function writeGas(original: Word, current: Word, value: Word): number {
  if (value === current || current !== original) return GAS.warm;
  return original === 0n ? GAS.slotSet : GAS.slotReset;
}

/** EIP-3529's change of the refund. */
function refundOf(original: Word, current: Word, value: Word): number {
  if (value === current) return 0;
  if (current === original) return original !== 0n && value === 0n ? GAS.refundClear : 0;
  let refund = 0;
  if (original !== 0n) {
    if (current === 0n) refund -= GAS.refundClear;
    if (value === 0n) refund += GAS.refundClear;
  }
  if (value === original) refund += original === 0n ? GAS.refundSetBack : GAS.refundResetBack;
  return refund;
}

function sstore(step: Step, frame: Frame): void {
  const { stack, self } = frame;
  if (frame.gas <= GAS.slotSentry) {
    halt(step);
    return;
  }
  touch(step, G.self, G.stateRoot, G.warmSlot, G.revPacked);
  const slot = stack[stack.length - 1] as Word;
  const value = stack[stack.length - 2] as Word;
  const account = getAccount(step, self) ?? NO_ACCOUNT;
  const current = getSlot(step, account, slot);
  const warmth = slotWarmth(step, self, slot);
  const original = warmth.original ?? current;
  const gas = (warmth.isCold ? GAS.coldSlot : 0) + writeGas(original, current, value);
  if (frame.gas < gas) {
    halt(step);
    return;
  }
  if (value !== current) {
    putAccount(step, self, withSlot(step, account, slot, value));
    const refund = refundOf(original, current, value);
    if (refund !== 0) setRev(step, { refund: step.s.rev.refund + refund });
  }
  if (warmth.original === undefined) setSlotLoaded(step, self, slot, current);
  stack.length -= 2;
  frame.gas -= gas;
  frame.pc++;
}

function tload(step: Step, frame: Frame): void {
  const { stack, self } = frame;
  touch(step, G.self, G.transient);
  const top = stack.length - 1;
  stack[top] = getTransient(step, self, stack[top] as Word);
  frame.gas -= GAS.warm;
  frame.pc++;
}

function tstore(step: Step, frame: Frame): void {
  const { stack, self } = frame;
  touch(step, G.self, G.transient);
  const slot = stack.pop() as Word;
  const value = stack.pop() as Word;
  const current = getTransient(step, self, slot);
  if (value !== current) putTransient(step, self, slot, value);
  frame.gas -= GAS.warm;
  frame.pc++;
}

/** SLOAD, SSTORE, TLOAD, TSTORE. Sources: EIPs 1153, 2200, 2929, 3529 */
export const STORAGE_OPS: OpFamily = new Map([
  ...fullOps([0x54, GAS.warm, 1, 1, sload], [0x5c, GAS.warm, 1, 1, tload]),
  ...writingOps([0x55, 0, 2, 0, sstore], [0x5d, GAS.warm, 2, 0, tstore]),
]);
