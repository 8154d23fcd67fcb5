import { BATCH_VERSION } from "../../../protocol/index.js";
import { gPage, gWord } from "../../state/gindex.js";
import type { Step } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { DEPTH, G, LIMIT, MODE } from "../../table.js";
import { pageCount, pageHashes, pageSlice } from "./pagesOf.js";

const PLACE = { g: G.batch, depth: DEPTH.batch };
/** Version and number of blocks. */
const PRELUDE_BYTES = 3;

/** Loads pages of the batch; with the last one, reads its prelude. Source: docs/protocol/machine.md#derivation */
export function data(step: Step): void {
  const { s, rec, inputs } = step;
  const { entry, batch, entryIndex } = s.chain;
  touch(step, G.cursor, G.entry, G.dataHash, G.batchCursor);
  const all = inputs.entryData(entryIndex);
  const first = batch.pagesLoaded;
  const total = pageCount(entry.dataLength);
  const count = Math.min(LIMIT.windowPages, total - first);
  const bytes = pageSlice(all, first, count);
  rec?.aux(pageHashes(all));
  rec?.aux(bytes);
  for (let page = first; page < first + count; page++) touch(step, gPage(PLACE, page));
  batch.data.write(first * LIMIT.page, bytes);
  batch.pagesLoaded = first + count;
  if (batch.pagesLoaded < total) return;
  // Word 0, if it came with an earlier step.
  if (first > 0) touch(step, gWord(PLACE, 0));
  const [version, high, low] = batch.data.read(0, PRELUDE_BYTES) as unknown as number[];
  if (entry.dataLength >= PRELUDE_BYTES && version === BATCH_VERSION) {
    const blocks = (high as number) * 256 + (low as number);
    batch.blocksLeft = Math.min(blocks, LIMIT.blocksPerEntry);
    batch.pos = PRELUDE_BYTES;
  }
  goTo(step, MODE.next);
}
