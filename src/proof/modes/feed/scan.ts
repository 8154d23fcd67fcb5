import { makeScan } from "../../state/defaults.js";
import type { Chain, Step } from "../../state/types.js";
import { goTo, readPages, touch } from "../../step.js";
import { BUFFER, G, LIMIT, MODE } from "../../table.js";

const HEAD_BYTES = 8;
const HINT_BYTES = 4;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 3;

/**
 * Walks over a block of the batch in a window of pages, to see that all of it is there before any of it is executed.
 * Source: docs/protocol/machine.md#derivation
 */
export function scan(step: Step): void {
  const { chain, blk } = step.s;
  const { scan: at, entry } = chain;
  touch(step, G.entry, G.batchCursor, G.scan, G.batchPlace);
  const firstPage = Math.floor(at.pos / LIMIT.page);
  const end = Math.min(entry.dataLength, (firstPage + LIMIT.scanPages) * LIMIT.page);
  const start = Math.min(at.pos, end);
  const window = readPages(step, BUFFER.batch, start, end - start);
  const view = new DataView(window.buffer, window.byteOffset, window.byteLength);
  while (at.phase < 2 || at.txsLeft > 0) {
    const field = at.phase === 0 ? HEAD_BYTES : at.phase === 1 ? COUNT_BYTES : LENGTH_BYTES;
    if (at.pos + field > entry.dataLength) {
      endBatch(step);
      return;
    }
    if (at.pos + field > end) return;
    readField(at, view, at.pos - start);
    const isTooLong =
      at.pos > entry.dataLength ||
      at.pos - at.blockStart > LIMIT.blockBytes ||
      at.nTx > LIMIT.txsPerBlock;
    if (isTooLong) {
      endBatch(step);
      return;
    }
  }
  blk.hintPos = at.hintPos;
  blk.nHints = at.nHints;
  blk.txPos = at.hintPos + HINT_BYTES * at.nHints + COUNT_BYTES;
  blk.txsLeft = at.nTx;
  blk.blockEnd = at.pos;
  goTo(step, MODE.place);
}

function readField(at: Chain["scan"], view: DataView, offset: number): void {
  if (at.phase === 0) {
    at.dt = view.getUint16(offset);
    at.originDelta = view.getUint32(offset + 2);
    at.nHints = view.getUint16(offset + 6);
    at.hintPos = at.pos + HEAD_BYTES;
    at.pos = at.hintPos + HINT_BYTES * at.nHints;
    at.phase = 1;
  } else if (at.phase === 1) {
    at.nTx = view.getUint16(offset);
    at.txsLeft = at.nTx;
    at.pos += COUNT_BYTES;
    at.phase = 2;
  } else {
    const length = view.getUint16(offset) * 256 + view.getUint8(offset + 2);
    at.pos += LENGTH_BYTES + length;
    at.txsLeft--;
  }
}

/** The block does not exist, nor does anything behind it. */
function endBatch(step: Step): void {
  const { chain } = step.s;
  chain.batch.blocksLeft = 0;
  chain.scan = makeScan();
  goTo(step, MODE.next);
}
