import { RECORD_KIND_DEPOSIT } from "../protocol/index.js";
import type { FeedView } from "./chainAccess.js";

/** More deposits than a block can hold: 60,000,000 gas at 21,000 each. */
const MAX_HINTS = 3_000;

/**
 * Log indexes of the deposits from a record on, up to `end` or the first record of a later L1 block than the origin.
 * Empty if none is of the origin itself: then no hint would be used.
 * Source: docs/protocol/derivation.md#one-block, step 5
 */
export function depositHints(
  feeds: Pick<FeedView, "getRecord">,
  from: bigint,
  originNumber: bigint,
  end?: bigint,
): number[] {
  const hints: number[] = [];
  let isUsed = false;
  for (let index = from; end === undefined || index < end; index += 1n) {
    const record = feeds.getRecord(index);
    if (!record || record.header.l1Number > originNumber || hints.length === MAX_HINTS) break;
    if (record.header.kind !== RECORD_KIND_DEPOSIT) continue;
    hints.push(record.l1.logIndex);
    if (record.header.l1Number === originNumber) isUsed = true;
  }
  return isUsed ? hints : [];
}
