import { gCall } from "../../state/gindex.js";
import type { Step } from "../../state/types.js";
import { callWord, goTo, touch } from "../../step.js";
import { C, G, KIND, MODE } from "../../table.js";
import { callFlags } from "./callWords.js";

/** Keeps what a revert of the callee goes back to. Source: docs/protocol/machine.md#calls-and-creations */
export function snap(step: Step): void {
  const { s } = step;
  const { kind } = callFlags(step);
  touch(step, G.rev, gCall(C.snapshot));
  s.work.snapshot = s.rev;
  if (kind >= KIND.create) {
    goTo(step, MODE.createchk);
    return;
  }
  const canPay = kind === KIND.call || kind === KIND.callcode;
  const isPaid = canPay && callWord(step, C.value) !== 0n;
  goTo(step, isPaid ? MODE.xfer : MODE.push);
}
