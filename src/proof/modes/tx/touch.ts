import type { Recorder } from "../../state/types.js";
import { G } from "../../table.js";

const TX_LEAVES = range(G.txInfo, G.operatorBought).concat(G.txGasUsed);
const BLK_LEAVES = range(G.blkScalars, G.batchPlace).filter(
  (g) => g !== G.blkBloom && g !== G.txs && g !== G.receipts,
);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Tells the recorder several leaves. */
export function touch(rec: Recorder | undefined, ...leaves: number[]): void {
  if (rec === undefined) return;
  for (const g of leaves) rec.leaf(g);
}

/** All scalar leaves of `tx`; `raw` is left to the caller, who may open it. */
export function touchTx(rec: Recorder | undefined): void {
  touch(rec, ...TX_LEAVES);
}

/** All scalar leaves of `blk`. */
export function touchBlk(rec: Recorder | undefined): void {
  touch(rec, ...BLK_LEAVES);
}
