import type { Step, Word } from "../../state/types.js";
import { getAccount, putAccount } from "../../state/world.js";
import { goTo } from "../../step.js";
import { DEPTH, G, MODE } from "../../table.js";
import { touch } from "./touch.js";

/** Removes one account that destroyed itself in the transaction that made it. Sources: EIP-6780, docs/protocol/machine.md#end-of-a-transaction */
export function destruct(step: Step): void {
  const { s, rec } = step;
  const { ctl, rev } = s;
  touch(rec, G.revPacked, G.stateRoot);
  if (ctl.cnt >= rev.destructs.length) {
    ctl.cnt = 0;
    goTo(step, MODE.receipt);
    return;
  }
  touch(rec, G.destructs * 2 ** DEPTH.destructs + ctl.cnt);
  const address = rev.destructs[ctl.cnt] as Word;
  if (getAccount(step, address) !== undefined) putAccount(step, address, undefined);
  ctl.cnt++;
}
