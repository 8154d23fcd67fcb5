import { daSize, l1Fee } from "../../../protocol/index.js";
import { fastLzResult, fastLzWindow, isFastLzDone, runFastLz } from "../../compute/fastLzRun.js";
import { packFastLz, unpackFastLz } from "../../compute/fastLzWord.js";
import type { Step } from "../../state/types.js";
import { goTo } from "../../step.js";
import { DEPTH, G, LIMIT, MODE } from "../../table.js";
import { touch, touchTx } from "./touch.js";

const RAW_PAGES = 2 ** (DEPTH.raw - DEPTH.page);

/** One slice of the FastLZ length; after the last one, the L1 fee. Source: docs/protocol/machine.md#fastlz-slices */
export function fastlz(step: Step): void {
  const { s, rec } = step;
  const { tx, blk, work } = s;
  const before = unpackFastLz(tx.lzState, work.lz);
  const until = Math.min(tx.rawLen, before.position + LIMIT.lzSlice);
  const window = fastLzWindow(before, tx.rawLen, until);
  touch(rec, G.l1BaseFee, G.l1BlobBaseFee, G.l1Scalars);
  touchTx(rec);
  rec?.words(G.lz, DEPTH.lz);
  if (rec !== undefined && window.end > window.start) {
    const last = Math.floor((window.end - 1) / LIMIT.page);
    for (let page = Math.floor(window.start / LIMIT.page); page <= last; page++) {
      rec.words(G.raw * RAW_PAGES + page, DEPTH.page);
    }
  }
  const bytes = tx.raw.read(window.start, window.end - window.start);
  const after = runFastLz(before, bytes, window.start, tx.rawLen, until);
  if (!isFastLzDone(after, tx.rawLen)) {
    tx.lzState = packFastLz(after);
    work.lz = after.table;
    return;
  }
  tx.daSize = daSize(fastLzResult(after, tx.rawLen));
  tx.l1Fee = l1Fee(tx.daSize, {
    l1BaseFee: blk.l1BaseFee,
    blobBaseFee: blk.l1BlobBaseFee,
    baseFeeScalar: blk.l1.baseFeeScalar,
    blobBaseFeeScalar: blk.l1.blobBaseFeeScalar,
  });
  tx.lzState = 0n;
  work.lz = undefined;
  goTo(step, MODE.check);
}
