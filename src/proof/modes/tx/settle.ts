import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { OUTCOME_WORD } from "../../state/words.js";
import { goTo, reg, setReg } from "../../step.js";
import { DEPTH, G, MODE, OUTCOME, R } from "../../table.js";
import { touch, touchTx } from "./touch.js";

/** EIP-3529: a refund is at most this part of the gas used. */
const MAX_REFUND_QUOTIENT = 5;

/** Gas used, refunds and the calldata floor. Source: docs/protocol/machine.md#end-of-a-transaction */
export function settle(step: Step): void {
  const { s, rec } = step;
  const { tx, ctl } = s;
  touch(rec, G.revPacked, G.bufA);
  s.work.bufA = new PagedBytes(DEPTH.bytes);
  touchTx(rec);
  const { outcome, gasLeft } = OUTCOME_WORD.unpack(reg(step, R.outcome));
  const gasLimit = Number(tx.gasLimit);
  const couldStart = ctl.sub === 0;
  if (couldStart) {
    const spent = gasLimit - gasLeft;
    const refund = Math.min(s.rev.refund, Math.floor(spent / MAX_REFUND_QUOTIENT));
    tx.gasUsed = Math.max(spent - refund, tx.floor);
  } else {
    tx.gasUsed = gasLimit;
  }
  tx.status = outcome === OUTCOME.success ? 1 : 0;
  setReg(step, R.outcome, 0n);
  setReg(step, R.newAddr, 0n);
  goTo(step, tx.isDeposit ? MODE.destruct : MODE.fee);
}
