import type { L1Header } from "../../l1/types.js";
import type { Cursor, L1Origin } from "../../protocol/types.js";
import type { FeedView } from "../chainAccess.js";

/**
 * L1 origin of the next block: the newest block that is deep enough, not later than the L2 block, and not past an L1 block whose
 * records are not all included. Undefined: the time of the origin that must come next is still ahead.
 * Errors: those of `getHeader`.
 * Source: docs/protocol/derivation.md#sequencing
 */
export async function chooseOrigin(
  parent: Cursor,
  time: bigint,
  deepest: bigint,
  feeds: Pick<FeedView, "getRecord" | "snapshot">,
  getHeader: (number: bigint) => Promise<L1Header>,
): Promise<L1Origin> {
  const current = parent.origin;
  const nextRecord = feeds.getRecord(parent.recordIndex)?.header.l1Number;
  // Left over from the current origin: they come first.
  if (nextRecord !== undefined && nextRecord <= current.number) return current;
  const feedOrigin = feeds.snapshot?.entries.lastOrigin ?? 0n;
  const first = (current.number > feedOrigin ? current.number : feedOrigin) + 1n;
  let last = deepest;
  if (nextRecord !== undefined && nextRecord < last) last = nextRecord;
  // A record in a block that the feed has passed was covered by that entry, so it is included already or in the next safe block.
  let found: L1Origin | undefined;
  let low = first;
  let high = last;
  while (low <= high) {
    // From the top: almost always the newest is early enough.
    const probe = found === undefined && high === last ? high : (low + high) / 2n;
    const header = await getHeader(probe);
    if (header.time <= time) {
      found = header;
      low = probe + 1n;
    } else {
      high = probe - 1n;
    }
  }
  return found ? toOrigin(found) : current;
}

/** Only the fields that derivation carries: cursors are stored and compared. */
function toOrigin(header: L1Origin): L1Origin {
  const { number, hash, time, baseFee, prevRandao, parentBeaconBlockRoot } = header;
  return { number, hash, time, baseFee, prevRandao, parentBeaconBlockRoot };
}
