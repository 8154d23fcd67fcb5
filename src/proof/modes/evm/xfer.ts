import type { Step, Word } from "../../state/types.js";
import { getAccount, NO_ACCOUNT, putAccount } from "../../state/world.js";
import { callWord, frameOf, goTo, touch } from "../../step.js";
import { C, G, KIND, MODE } from "../../table.js";
import { callFlags, callGas, failCall } from "./callWords.js";

/** Moves the value of a call or creation: from the payer, then to the callee. Source: docs/protocol/machine.md#calls-and-creations */
export function xfer(step: Step): void {
  const { s } = step;
  touch(step, G.stateRoot);
  const { kind, isTop } = callFlags(step);
  const value = callWord(step, C.value);
  if (s.ctl.cnt > 0) {
    const to = callWord(step, C.to);
    const payee = getAccount(step, to) ?? NO_ACCOUNT;
    const balance = BigInt.asUintN(256, payee.balance + value);
    putAccount(step, to, { ...payee, balance });
    goTo(step, MODE.push);
    return;
  }
  const payer = payerOf(step, isTop);
  const account = getAccount(step, payer) ?? NO_ACCOUNT;
  if (account.balance < value) {
    failCall(step, kind, callGas(step).childGas);
    return;
  }
  // CALLCODE pays to itself.
  if (kind === KIND.callcode) {
    goTo(step, MODE.push);
    return;
  }
  putAccount(step, payer, { ...account, balance: account.balance - value });
  goTo(step, MODE.xfer, { cnt: 1 });
}

function payerOf(step: Step, isTop: boolean): Word {
  if (isTop) {
    touch(step, G.sender);
    return step.s.tx.sender;
  }
  touch(step, G.self);
  return frameOf(step).self;
}
