import { periodEndTime, periodOf } from "../../protocol/index.js";
import type { FeedView } from "../chainAccess.js";

/**
 * End of the first non-empty claim period after the entries below `from`, if its time is over at the newest L1 block.
 * Source: docs/protocol/feeds.md#claim-periods
 */
export function claimableEnd(
  feeds: Pick<FeedView, "getEntry" | "snapshot">,
  from: bigint,
  genesisTime: bigint,
  periodSeconds: number,
): bigint | undefined {
  const { snapshot } = feeds;
  const first = feeds.getEntry(from);
  if (!snapshot || !first) return undefined;
  const period = periodOf(first.header.l1Time, genesisTime, periodSeconds);
  for (let end = from + 1n; ; end += 1n) {
    const entry = feeds.getEntry(end);
    if (!entry) {
      const isOver = snapshot.at.time >= periodEndTime(period, genesisTime, periodSeconds);
      return isOver && end === snapshot.entries.length ? end : undefined;
    }
    if (periodOf(entry.header.l1Time, genesisTime, periodSeconds) > period) return end;
  }
}
