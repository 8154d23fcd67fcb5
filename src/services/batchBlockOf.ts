import { batchBlockFromPayload } from "../derive/index.js";
import type { BatchBlock, Cursor } from "../protocol/types.js";
import type { FeedView } from "./chainAccess.js";
import { depositHints } from "./depositHints.js";

/** The batch block of a sequenced block; its hints come from the records, so nothing about them is remembered. Errors: DERIVE_BLOCK_MISMATCH. */
export function batchBlockOf(
  feeds: Pick<FeedView, "getRecord">,
  transactions: Uint8Array[],
  parent: Cursor,
  cursor: Cursor,
): BatchBlock {
  const hints = depositHints(feeds, parent.recordIndex, cursor.origin.number, cursor.recordIndex);
  return batchBlockFromPayload({ transactions, parent, cursor, hints });
}
