import type { FeedRecord } from "../l1/types.js";
import type { FeedView } from "./chainAccess.js";

/** Records from `from` on that a block with this origin may look at: those up to the origin, and the first later one. */
export function recordsUpTo(
  feeds: Pick<FeedView, "getRecord">,
  from: bigint,
  originNumber: bigint,
): FeedRecord[] {
  const records: FeedRecord[] = [];
  for (let index = from; ; index += 1n) {
    const record = feeds.getRecord(index);
    if (!record) return records;
    records.push(record);
    if (record.header.l1Number > originNumber) return records;
  }
}
