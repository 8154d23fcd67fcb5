import { makeBatch, makeEntry, makeScan } from "../../state/defaults.js";
import type { Step } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** What the open entry still yields: a block of its batch, a synthesized one, or nothing more. Source: docs/protocol/machine.md#derivation */
export function next(step: Step): void {
  const { chain, blk } = step.s;
  touch(step, G.cursor, G.entry, G.entryRange, G.originsHash, G.dataHash, G.batchCursor);
  touch(step, G.batch, G.scan, G.blkCounters);
  if (chain.batch.blocksLeft > 0) {
    const { pos } = chain.batch;
    chain.scan = { ...makeScan(), blockStart: pos, pos };
    goTo(step, MODE.scan);
  } else if (chain.recordIndex < chain.entry.depTo) {
    blk.synthesized = true;
    goTo(step, MODE.place);
  } else {
    chain.entry = makeEntry();
    chain.batch = makeBatch();
    chain.entryIndex++;
    goTo(step, chain.entryIndex < step.entryBound ? MODE.entry : MODE.boundary);
  }
}
