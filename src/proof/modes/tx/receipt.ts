import { daFootprint } from "../../../protocol/index.js";
import { makeRev, makeTx } from "../../state/defaults.js";
import type { Step } from "../../state/types.js";
import { goTo } from "../../step.js";
import { DEPTH, G, MODE } from "../../table.js";
import { touch, touchBlk, touchTx } from "./touch.js";

const WORDS_PER_TX = 2;
const WORDS_PER_RECEIPT = 4;

/** Books the transaction into the block. Source: docs/protocol/machine.md#end-of-a-transaction */
export function receipt(step: Step): void {
  const { s, rec } = step;
  const { tx, blk, rev } = s;
  const index = blk.txs.length;
  touch(rec, G.tx, G.raw);
  touchTx(rec);
  touchBlk(rec);
  touchLogs(step, index);
  blk.gasUsed += BigInt(tx.gasUsed);
  if (!tx.isDeposit) blk.daFootprint += daFootprint(tx.daSize, blk.l1.daFootprintGasScalar);
  blk.bloom = blk.bloom.map((byte, i) => byte | (rev.bloom[i] as number));
  blk.txs.push({ rawLen: tx.rawLen, raw: tx.raw });
  blk.receipts.push({
    type: tx.type,
    status: tx.status,
    cumulativeGas: Number(blk.gasUsed),
    logBytes: rev.logBytes,
    depositNonce: tx.isDeposit ? tx.nonceUsed : 0n,
    bloom: rev.bloom,
    logs: rev.logs,
  });
  s.tx = makeTx();
  s.rev = makeRev(rev.state);
  goTo(step, index === 0 ? MODE.l1params : MODE.txnext);
}

function touchLogs({ rec }: Step, index: number): void {
  if (rec === undefined) return;
  for (let g: number = G.stateRoot; g <= G.destructs; g++) if (g !== G.revBloom) rec.leaf(g);
  for (let i = 0; i < 2 ** DEPTH.bloom; i++) {
    rec.leaf(G.revBloom * 2 ** DEPTH.bloom + i);
    rec.leaf(G.blkBloom * 2 ** DEPTH.bloom + i);
  }
  for (let i = 0; i < WORDS_PER_TX; i++)
    rec.leaf(G.txs * 2 ** DEPTH.txs + WORDS_PER_TX * index + i);
  for (let i = 0; i < WORDS_PER_RECEIPT; i++) {
    rec.leaf(G.receipts * 2 ** DEPTH.receipts + WORDS_PER_RECEIPT * index + i);
  }
}
