import type { ChainReader } from "../../engine/types.js";
import type { FeedSnapshot } from "../../l1/types.js";
import {
  BATCH_HEADER_BYTES,
  batchBlockSize,
  MAX_BATCH_BLOCKS,
  MAX_ENTRY_DATA_BYTES,
  MAX_ENTRY_ORIGINS,
  MAX_TIME_AHEAD_OF_ENTRY,
} from "../../protocol/index.js";
import type { BatchBlock, Cursor } from "../../protocol/types.js";
import { batchBlockOf } from "../batchBlockOf.js";
import type { ChainAccess, ChainTip } from "../chainAccess.js";

/** Whole blocks that fit one entry, from the safe head on. */
export interface PackedBatch {
  blocks: BatchBlock[];
  /** First and last new L1 origin; null if all blocks keep the feed's. */
  origins: { first: bigint; last: bigint } | null;
  /** Last block of the batch. */
  tip: ChainTip;
}

/**
 * Unsafe blocks above `safe` → the longest batch that `append` accepts now and that derives to exactly these blocks.
 * Null: none yet (their origins are too new, or deposits are left over at the last of them).
 * Source: docs/protocol/batch.md, docs/protocol/feeds.md#append
 */
export async function packBatch(
  chain: Pick<ChainAccess, "feeds" | "cursorAfter">,
  engine: Pick<ChainReader, "getBlock">,
  safe: ChainTip,
  snapshot: FeedSnapshot,
): Promise<PackedBatch | null> {
  let best: PackedBatch | null = null;
  let parent = safe;
  let bytes = BATCH_HEADER_BYTES;
  let first: bigint | undefined;
  const blocks: BatchBlock[] = [];
  let length = 0;
  while (blocks.length < MAX_BATCH_BLOCKS) {
    const block = await engine.getBlock(parent.number + 1n);
    const cursor = block && chain.cursorAfter(block.header.hash);
    if (!cursor || block.header.parentHash !== parent.hash) break;
    const origin = cursor.origin.number;
    const movesOrigin = origin !== parent.cursor.origin.number;
    if (movesOrigin) first ??= origin;
    const isTooWide = first !== undefined && origin - first >= BigInt(MAX_ENTRY_ORIGINS);
    // The block that holds the entry comes after the head, so its time is later than the head's.
    const isTooEarly =
      (movesOrigin && origin >= snapshot.at.number) ||
      cursor.l2Time > snapshot.at.time + MAX_TIME_AHEAD_OF_ENTRY;
    if (isTooWide || isTooEarly) break;
    const batchBlock = batchBlockOf(chain.feeds, block.transactions, parent.cursor, cursor);
    bytes += batchBlockSize(batchBlock);
    if (bytes > MAX_ENTRY_DATA_BYTES) break;
    blocks.push(batchBlock);
    parent = { number: block.header.number, hash: block.header.hash, cursor };
    if (!hasLeftOver(chain, cursor)) {
      const origins = first === undefined ? null : { first, last: origin };
      best = { blocks, origins, tip: parent };
      length = blocks.length;
    }
  }
  return best && { ...best, blocks: blocks.slice(0, length) };
}

/** An entry that ended here would be followed by synthesized blocks. */
function hasLeftOver(chain: Pick<ChainAccess, "feeds">, cursor: Cursor): boolean {
  const next = chain.feeds.getRecord(cursor.recordIndex);
  return next !== undefined && next.header.l1Number <= cursor.origin.number;
}
