import { daFootprint, operatorFee } from "../../../protocol/index.js";
import type { Step } from "../../state/types.js";
import { OUTCOME_WORD } from "../../state/words.js";
import { type Account, getAccount, NO_ACCOUNT, putAccount, readCode } from "../../state/world.js";
import { goTo, setReg } from "../../step.js";
import { G, LIMIT, MODE, OUTCOME, R } from "../../table.js";
import { isDelegation } from "./delegation.js";
import { dropTx } from "./dropTx.js";
import { touch, touchBlk, touchTx } from "./touch.js";

/** The sender can pay and may send: takes what the transaction costs, or drops it. Source: docs/protocol/machine.md#transaction */
export function check(step: Step): void {
  touch(step.rec, G.stateRoot, G.machineInfo);
  touchTx(step.rec);
  touch(step.rec, G.raw);
  touchBlk(step.rec);
  if (step.s.tx.isDeposit) checkDeposit(step);
  else checkSigned(step);
}

function checkSigned(step: Step): void {
  const { tx, blk } = step.s;
  // Without an account a sender can still send for nothing, where gas costs nothing.
  const sender = getAccount(step, tx.sender) ?? NO_ACCOUNT;
  const bought = operatorFee(tx.gasLimit, blk.l1.operatorFeeScalar, blk.l1.operatorFeeConstant);
  if (!isValid(step, sender, bought)) {
    dropTx(step);
    return;
  }
  tx.operatorBought = bought;
  putAccount(step, tx.sender, {
    ...sender,
    nonce: sender.nonce + 1n,
    balance: sender.balance - tx.gasLimit * tx.price - tx.l1Fee - bought,
  });
  goTo(step, MODE.access);
}

/** The drop rule. Source: docs/protocol/execution.md#drop-rule */
function isValid(step: Step, sender: Account, bought: bigint): boolean {
  const { tx, blk } = step.s;
  const code = readCode(step, sender);
  if (code.length > 0 && !isDelegation(code)) return false;
  const upFront = tx.gasLimit * tx.maxFee + tx.value + tx.l1Fee + bought;
  const footprint = daFootprint(tx.daSize, blk.l1.daFootprintGasScalar);
  return (
    tx.nonce === sender.nonce &&
    tx.maxFee >= blk.baseFee &&
    sender.balance >= upFront &&
    tx.gasLimit <= blk.gasLimit - blk.gasUsed &&
    (step.isPlain || footprint <= blk.gasLimit - blk.daFootprint)
  );
}

/** A deposit is never dropped; if it cannot start it ends here. Source: docs/protocol/deposits.md#execution-of-a-deposit */
function checkDeposit(step: Step): void {
  const { tx } = step.s;
  const sender = getAccount(step, tx.sender);
  const balance = (sender?.balance ?? 0n) + tx.mint;
  tx.nonceUsed = sender?.nonce ?? 0n;
  putAccount(step, tx.sender, {
    ...(sender ?? NO_ACCOUNT),
    balance,
    nonce: tx.nonceUsed + 1n,
  });
  const canStart =
    tx.gasLimit >= BigInt(tx.intrinsic) &&
    tx.gasLimit >= BigInt(tx.floor) &&
    tx.value <= balance &&
    (!tx.isCreate || tx.dataLen <= LIMIT.initCode);
  if (canStart) {
    goTo(step, MODE.access);
    return;
  }
  const nothing = { outcome: OUTCOME.revert, kind: 0, isTop: true, gasLeft: 0, outLen: 0 };
  setReg(step, R.outcome, OUTCOME_WORD.pack(nothing));
  // SETTLE sees by `sub` that nothing has run.
  goTo(step, MODE.settle, { sub: 1 });
}
