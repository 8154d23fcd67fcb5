import { below } from "../../state/gindex.js";
import type { ReceiptEntry, Step } from "../../state/types.js";
import { LEAF_WORD, RECEIPT_WORD } from "../../state/words.js";
import { goTo, setReg, touch } from "../../step.js";
import { DEPTH, G, MODE, R } from "../../table.js";
import { indexOfRank } from "./trieKeys.js";

/** Loads the content of the next leaf of a block's trie. Source: docs/protocol/machine.md#end-of-a-block */
export function leaf(step: Step): void {
  const { s } = step;
  const { ctl, blk, work } = s;
  touch(step, G.blkCounters);
  const index = indexOfRank(ctl.cnt, blk.txs.length);
  let len: number;
  if (ctl.sub === 0) {
    const entry = blk.txs[index] as { rawLen: number; raw: typeof work.bufB };
    touch(step, below(G.txs, DEPTH.txs, 2 * index), below(G.txs, DEPTH.txs, 2 * index + 1), G.bufB);
    work.bufB = entry.raw.clone();
    len = entry.rawLen;
  } else {
    const entry = blk.receipts[index] as ReceiptEntry;
    for (let i = 0; i < 3; i++) touch(step, below(G.receipts, DEPTH.receipts, 4 * index + i));
    touch(step, G.bufA, G.workBloom);
    setReg(step, R.leafReceipt, RECEIPT_WORD.pack(entry));
    work.bloom = entry.bloom;
    work.bufA = entry.logs.clone();
    len = entry.logBytes;
  }
  setReg(step, R.leaf, LEAF_WORD.pack({ index, len, pos: 0 }));
  goTo(step, MODE.leafhash, { sub: ctl.sub, cnt: ctl.cnt });
}
