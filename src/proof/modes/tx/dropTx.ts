import { makeTx } from "../../state/defaults.js";
import type { Step } from "../../state/types.js";
import { goTo } from "../../step.js";
import { G, MODE } from "../../table.js";

/** The transaction is left out as if it had not been given. Source: docs/protocol/execution.md#drop-rule */
export function dropTx(step: Step): void {
  step.rec?.leaf(G.tx);
  step.s.tx = makeTx();
  goTo(step, MODE.txnext);
}
