import type { FeedView } from "../chainAccess.js";

/** Index of the entry that a block comes from; undefined: no derived entry has it. */
export function blockEntry(
  feeds: Pick<FeedView, "derivedCount" | "blockAtEntryEnd">,
  block: bigint,
): bigint | undefined {
  let low = 0n;
  let high = feeds.derivedCount;
  const count = high;
  while (low < high) {
    const middle = (low + high) / 2n;
    const last = feeds.blockAtEntryEnd(middle + 1n);
    if (last === undefined) return undefined;
    if (last.number >= block) high = middle;
    else low = middle + 1n;
  }
  return low < count ? low : undefined;
}
