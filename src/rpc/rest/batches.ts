import type { FeedEntry } from "../../l1/types.js";
import { readBatch } from "../../protocol/index.js";
import type { L1TxCost } from "../../services/batchCosts.js";
import type { FeedView } from "../../services/chainAccess.js";
import { encodeL1Ref } from "./encode/common.js";

/** How far a batch came: on L1, derived to L2 blocks, in a finalized L1 block. */
export const BATCH_STATUSES = ["posted", "safe", "finalized"] as const;
/** One of them. */
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** Smallest index in first..end for which `test` holds; `end` if none. `test` must hold for all after the first that it holds for. */
export function lowestWhere(first: bigint, end: bigint, test: (index: bigint) => boolean): bigint {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (test(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** Number of derived entries in finalized L1 blocks. */
export function finalizedEntries(feeds: FeedView): bigint {
  const finalized = feeds.heads?.finalized.number;
  if (finalized === undefined) return 0n;
  return lowestWhere(0n, feeds.derivedCount, (index) => {
    const entry = feeds.getEntry(index);
    return entry === undefined || entry.header.l1Number > finalized;
  });
}

/** Indexes of the batches with a status; statuses never fall along the feed. */
export function rangeOfStatus(
  feeds: FeedView,
  status: BatchStatus | undefined,
): { first: bigint; end: bigint } {
  if (status === undefined) return { first: 0n, end: feeds.entryCount };
  const finalized = finalizedEntries(feeds);
  if (status === "finalized") return { first: 0n, end: finalized };
  if (status === "safe") return { first: finalized, end: feeds.derivedCount };
  return { first: feeds.derivedCount, end: feeds.entryCount };
}

/** The first entry that ends at or after an L2 block; `derivedCount` if none does yet. */
export function entryOfBlock(feeds: FeedView, l2Number: bigint): bigint {
  return lowestWhere(0n, feeds.derivedCount, (index) => {
    const last = feeds.blockAtEntryEnd(index + 1n);
    return last === undefined || last.number >= l2Number;
  });
}

/** An entry of the SequencerFeed as a batch. */
export function encodeBatch(entry: FeedEntry, feeds: FeedView, cost: L1TxCost | undefined) {
  const { header } = entry;
  const before = feeds.blockAtEntryEnd(header.index);
  const last = feeds.blockAtEntryEnd(header.index + 1n);
  const isDerived = before !== undefined && last !== undefined;
  return {
    index: Number(header.index),
    entryHash: entry.hash,
    status: statusOf(entry, feeds),
    l2: isDerived ? rangeOf(before.number, last) : null,
    ...countsOf(entry),
    bytes: header.dataLength,
    origins:
      header.firstOrigin > header.lastOrigin
        ? null
        : { first: Number(header.firstOrigin), last: Number(header.lastOrigin) },
    depositsUpTo: Number(header.depTo),
    l1: encodeL1Ref(
      { ...entry.l1, blockNumber: header.l1Number, timestamp: header.l1Time },
      feeds.heads,
    ),
    cost: cost === undefined ? null : { ...cost, gasUsed: Number(cost.gasUsed) },
  };
}

interface Counts {
  blocksPosted: number;
  transactions: number;
}

/** Of entries that are in memory anyway: a list reads the same contents again and again. */
const COUNTS = new WeakMap<FeedEntry, Counts>();

function countsOf(entry: FeedEntry): Counts {
  const known = COUNTS.get(entry);
  if (known) return known;
  const blocks = readBatch(entry.data);
  const transactions = blocks.reduce((sum, block) => sum + block.transactions.length, 0);
  const counts = { blocksPosted: blocks.length, transactions };
  COUNTS.set(entry, counts);
  return counts;
}

function rangeOf(before: bigint, last: { number: bigint; hash: string }) {
  const blocks = Number(last.number - before);
  return blocks === 0
    ? { blocks, first: null, last: null, lastHash: last.hash }
    : { blocks, first: Number(before) + 1, last: Number(last.number), lastHash: last.hash };
}

function statusOf({ header }: FeedEntry, feeds: FeedView): BatchStatus {
  if (header.index >= feeds.derivedCount) return "posted";
  const finalized = feeds.heads?.finalized.number;
  return finalized !== undefined && header.l1Number <= finalized ? "finalized" : "safe";
}
