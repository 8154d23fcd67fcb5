import { operatorFee, PREDEPLOYS } from "../../../protocol/index.js";
import type { Step, Word } from "../../state/types.js";
import { getAccount, NO_ACCOUNT, putAccount } from "../../state/world.js";
import { goTo } from "../../step.js";
import { G, MODE } from "../../table.js";
import { touch, touchBlk, touchTx } from "./touch.js";

const PAYEES = 5;
/** L1 has no vaults: the base fee is burnt. */
const PLAIN_PAYEES = 2;

/** Pays one of those whom a transaction pays. Source: docs/protocol/machine.md#end-of-a-transaction */
export function fee(step: Step): void {
  const { s, rec } = step;
  const { ctl } = s;
  touch(rec, G.stateRoot);
  touchTx(rec);
  touchBlk(rec);
  const { to, amount } = payment(step, ctl.cnt);
  if (amount > 0n) {
    const account = getAccount(step, to) ?? NO_ACCOUNT;
    putAccount(step, to, { ...account, balance: account.balance + amount });
  }
  ctl.cnt++;
  if (ctl.cnt < (step.isPlain ? PLAIN_PAYEES : PAYEES)) return;
  ctl.cnt = 0;
  goTo(step, MODE.destruct);
}

function payment({ s }: Step, which: number): { to: Word; amount: bigint } {
  const { tx, blk } = s;
  const used = BigInt(tx.gasUsed);
  const { operatorFeeScalar, operatorFeeConstant } = blk.l1;
  const operator = operatorFee(used, operatorFeeScalar, operatorFeeConstant);
  switch (which) {
    case 0:
      return {
        to: tx.sender,
        amount: (tx.gasLimit - used) * tx.price + tx.operatorBought - operator,
      };
    case 1:
      return { to: blk.coinbase, amount: used * (tx.price - blk.baseFee) };
    case 2:
      return { to: BigInt(PREDEPLOYS.baseFeeVault), amount: used * blk.baseFee };
    case 3:
      return { to: BigInt(PREDEPLOYS.l1FeeVault), amount: tx.l1Fee };
    default:
      return { to: BigInt(PREDEPLOYS.operatorFeeVault), amount: operator };
  }
}
