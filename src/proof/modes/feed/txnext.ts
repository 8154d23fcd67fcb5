import { MAX_SEQUENCER_DRIFT } from "../../../protocol/index.js";
import type { Step } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** Chooses the next transaction of the block, or its end. Source: docs/protocol/machine.md#derivation */
export function txnext(step: Step): void {
  const { chain, blk } = step.s;
  touch(step, G.blkScalars, G.blkCounters, G.batchPlace, G.cursor, G.entryRange, G.origin);
  if (blk.txs.length === 0) {
    goTo(step, MODE.attr);
  } else if (!blk.recordsDone) {
    if (chain.recordIndex < chain.entry.depTo) {
      goTo(step, MODE.record);
    } else {
      blk.recordsDone = true;
      goTo(step, MODE.txnext);
    }
  } else {
    const takesCandidates =
      !blk.synthesized &&
      !blk.leftOver &&
      blk.timestamp <= chain.origin.time + MAX_SEQUENCER_DRIFT &&
      blk.txsLeft > 0;
    goTo(step, takesCandidates ? MODE.txcopy : MODE.leaf);
  }
}
