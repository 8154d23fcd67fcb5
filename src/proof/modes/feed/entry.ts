import { decodeEntryHeader } from "../../../protocol/index.js";
import { makeBatch } from "../../state/defaults.js";
import type { Step } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";
import { FORMAT_BATCH } from "./format.js";

/** Opens the next entry of the SequencerFeed. Source: docs/protocol/machine.md#derivation */
export function entry(step: Step): void {
  const { s, rec, inputs } = step;
  const { chain } = s;
  touch(step, G.cursor, G.entry, G.entryRange, G.originsHash, G.dataHash, G.batchCursor);
  const bytes = inputs.entryHeader(chain.entryIndex);
  rec?.aux(bytes);
  const header = decodeEntryHeader(bytes);
  chain.entry = {
    isOpen: true,
    format: header.format,
    l1Number: header.l1Number,
    l1Time: header.l1Time,
    dataLength: header.dataLength,
    firstOrigin: header.firstOrigin,
    lastOrigin: header.lastOrigin,
    depTo: header.depTo,
    originsHash: BigInt(header.originsHash),
    dataHash: BigInt(header.dataHash),
  };
  chain.batch = makeBatch();
  const hasBatch = header.format === FORMAT_BATCH && header.dataLength > 0;
  goTo(step, hasBatch ? MODE.data : MODE.next);
}
