import type { FeedEntry } from "../../l1/types.js";
import type { FeedView } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import type { IndexedBatch, Page, PageRequest } from "./types.js";

/** Answers about entries of the SequencerFeed. The node's own tables are the index: entries by number, and where each ends on L2. */
export class BatchView {
  readonly #feeds: FeedView;

  constructor(deps: { feeds: FeedView }) {
    this.#feeds = deps.feeds;
  }

  async get(index: bigint): Promise<IndexedBatch | undefined> {
    const entry = this.#feeds.getEntry(index);
    return entry && this.#describe(entry);
  }

  /** Ends of entries rise with their numbers, so halving finds the one that made a block. */
  async ofBlock(l2Number: bigint): Promise<IndexedBatch | undefined> {
    if (l2Number < 1n) return undefined;
    let low = 0n;
    let high = this.#feeds.derivedCount;
    while (low < high) {
      const middle = (low + high) / 2n;
      const last = this.#feeds.blockAtEntryEnd(middle + 1n);
      if (last !== undefined && last.number < l2Number) low = middle + 1n;
      else high = middle;
    }
    return low < this.#feeds.derivedCount ? this.get(low) : undefined;
  }

  async list({ after, limit, order }: PageRequest): Promise<Page<IndexedBatch>> {
    if (after && (await this.get(after.position))?.mark.anchor !== after.anchor) {
      throw new ServiceError("INDEX_CURSOR_REORGED", { ...after });
    }
    const step = order === "asc" ? 1n : -1n;
    let index = after ? after.position + step : order === "asc" ? 0n : this.#count() - 1n;
    const items: IndexedBatch[] = [];
    for (; items.length < limit; index += step) {
      const batch = await this.get(index);
      if (!batch) return { items, next: null };
      items.push(batch);
    }
    const hasMore = this.#feeds.getEntry(index) !== undefined;
    return { items, next: hasMore ? (items.at(-1)?.mark ?? null) : null };
  }

  /** Entries that the node has read: all, or a part while it catches up. */
  #count(): bigint {
    let low = this.#feeds.derivedCount;
    let high = this.#feeds.snapshot?.entries.length ?? low;
    if (high > low && this.#feeds.getEntry(high - 1n)) return high;
    while (low < high) {
      const middle = (low + high) / 2n;
      if (this.#feeds.getEntry(middle)) low = middle + 1n;
      else high = middle;
    }
    return low;
  }

  #describe({ header, hash, l1 }: FeedEntry): IndexedBatch {
    const before = this.#feeds.blockAtEntryEnd(header.index);
    const last = this.#feeds.blockAtEntryEnd(header.index + 1n);
    const finalized = this.#feeds.heads?.finalized.number;
    return {
      index: header.index,
      entryHash: hash,
      blocks:
        before && last
          ? { first: before.number + 1n, last: last.number, lastHash: last.hash }
          : null,
      dataLength: header.dataLength,
      l1: { ...l1, blockNumber: header.l1Number, timestamp: header.l1Time },
      isFinalized: finalized !== undefined && header.l1Number <= finalized,
      mark: { position: header.index, anchor: l1.blockHash },
    };
  }
}
