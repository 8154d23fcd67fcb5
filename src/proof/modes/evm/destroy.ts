import { below } from "../../state/gindex.js";
import type { Step } from "../../state/types.js";
import { isCreated } from "../../state/warmth.js";
import { getAccount, NO_ACCOUNT, putAccount } from "../../state/world.js";
import { frameOf, goTo, reg, setReg, setRev, touch } from "../../step.js";
import { DEPTH, G, MODE, OUTCOME, R } from "../../table.js";
import { setOutcome } from "./outcome.js";

/** SELFDESTRUCT moves the balance, and marks what was created in this transaction. Sources: EIP-6780, docs/protocol/machine.md#opcodes */
export function destroy(step: Step): void {
  touch(step, G.stateRoot);
  const beneficiary = reg(step, R.beneficiary);
  if (step.s.ctl.sub === 0) {
    const moved = takeBalance(step, beneficiary);
    if (moved !== 0n) {
      setReg(step, R.moved, moved);
      goTo(step, MODE.destroy, { sub: 1 });
      return;
    }
  } else {
    const account = getAccount(step, beneficiary) ?? NO_ACCOUNT;
    const balance = BigInt.asUintN(256, account.balance + reg(step, R.moved));
    putAccount(step, beneficiary, { ...account, balance });
    setReg(step, R.moved, 0n);
  }
  setReg(step, R.beneficiary, 0n);
  setOutcome(step, { outcome: OUTCOME.success });
  goTo(step, MODE.exit);
}

/** Marks and empties the account; returns what goes to another one. */
function takeBalance(step: Step, beneficiary: bigint): bigint {
  const { s } = step;
  const { self } = frameOf(step);
  touch(step, G.self, G.created);
  const account = getAccount(step, self) ?? NO_ACCOUNT;
  const isNew = isCreated(step, self);
  if (isNew) {
    const { destructs } = s.rev;
    touch(step, G.revPacked, below(G.destructs, DEPTH.destructs, destructs.length));
    setRev(step, { destructs: [...destructs, self] });
  }
  const isMoved = beneficiary !== self;
  if (account.balance === 0n || !(isMoved || isNew)) return 0n;
  putAccount(step, self, { ...account, balance: 0n });
  return isMoved ? account.balance : 0n;
}
