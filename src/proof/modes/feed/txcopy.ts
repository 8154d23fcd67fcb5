import type { Step } from "../../state/types.js";
import { COPY_WORD } from "../../state/words.js";
import { goTo, setReg, touch, touchWords } from "../../step.js";
import { BUFFER, DEPTH, G, LIMIT, MODE, R } from "../../table.js";

const LENGTH_BYTES = 3;

/** Takes the next transaction out of the batch. Source: docs/protocol/machine.md#derivation */
export function txcopy(step: Step): void {
  const { chain, blk, tx } = step.s;
  touch(step, G.batchPlace, G.txInfo, G.entry);
  touchWords(step, { g: G.batch, depth: DEPTH.batch }, blk.txPos, LENGTH_BYTES);
  const [high, middle, low] = chain.batch.data.read(blk.txPos, LENGTH_BYTES);
  const length = ((high as number) << 16) | ((middle as number) << 8) | (low as number);
  const srcOff = blk.txPos + LENGTH_BYTES;
  blk.txPos = srcOff + length;
  blk.txsLeft--;
  if (length === 0 || length > LIMIT.txBytes) {
    goTo(step, MODE.txnext);
    return;
  }
  tx.rawLen = length;
  const copy = {
    src: BUFFER.batch,
    dst: BUFFER.raw,
    isDown: false,
    zero: 0,
    srcOff,
    srcLen: chain.entry.dataLength,
    dstOff: 0,
    left: length,
  };
  setReg(step, R.copy, COPY_WORD.pack(copy));
  goTo(step, MODE.copy, { ret: MODE.txparse });
}
