import type { Step, Word } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** A trie's root is known: the receipts follow the transactions, and the end of the block the receipts. */
export function finishTrie(step: Step, root: Word): void {
  const { ctl, blk } = step.s;
  if (ctl.sub === 0) {
    touch(step, G.txRoot);
    blk.txRoot = root;
    goTo(step, MODE.leaf, { sub: 1 });
  } else {
    touch(step, G.receiptRoot);
    blk.receiptRoot = root;
    goTo(step, MODE.mproot);
  }
}
