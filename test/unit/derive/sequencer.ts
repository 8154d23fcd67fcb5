import {
  batchBlockFromPayload,
  buildBlockAttributes,
  type DerivedBlock,
} from "../../../src/derive/index.js";
import {
  type BatchBlock,
  type Cursor,
  encodeBatch,
  RECORD_KIND_DEPOSIT,
} from "../../../src/protocol/index.js";
import { chain, type Entry, type FakeFeed, type FakeL1 } from "./feeds.js";
import type { Random } from "./random.js";

/** What one honest turn produced. */
export interface Turn {
  entry: Entry;
  blocks: DerivedBlock[];
  batch: BatchBlock[];
}

/**
 * Builds some blocks as a sequencer does and appends them to the feed: no L1 block with a record is skipped, the origin
 * stays while records are left over, and the batch ends only where none are. Null: L1 is too short.
 */
export function sequenceTurn(
  random: Random,
  l1: FakeL1,
  feed: FakeFeed,
  start: Cursor,
  pool: readonly Uint8Array[],
): Turn | null {
  const blocks: DerivedBlock[] = [];
  const batch: BatchBlock[] = [];
  let cursor = start;
  const wanted = random.int(1, 4);
  while (blocks.length < wanted || blocks.at(-1)?.leftOver === true) {
    const number = blocks.at(-1)?.leftOver
      ? Number(cursor.origin.number)
      : nextOrigin(random, l1, feed, cursor);
    if (number > l1.lastNumber - 2) return null;
    const origin = l1.at(number);
    const due = cursor.l2Time + BigInt(random.chance(3) ? 1_900 : random.int(1, 3));
    const timestamp = due > origin.time ? due : origin.time;
    if (timestamp - cursor.l2Time > 65_535n) return null;
    const hints = l1.records
      .filter(
        ({ header }) => header.index >= cursor.recordIndex && header.kind === RECORD_KIND_DEPOSIT,
      )
      .map(({ logIndex }) => logIndex);
    const candidates = Array.from({ length: random.chance(20) ? random.int(1, 2) : 0 }, () =>
      random.pick(pool),
    );
    const block = buildBlockAttributes(chain, cursor, {
      timestamp,
      origin,
      hints,
      candidates,
      records: l1.records,
      recordEnd: BigInt(l1.records.length),
    });
    blocks.push(block);
    const { transactions } = block.attributes;
    batch.push(
      batchBlockFromPayload({ transactions, parent: cursor, cursor: block.cursor, hints }),
    );
    cursor = block.cursor;
  }
  const lastOrigin = Math.max(feed.lastOrigin, Number(cursor.origin.number));
  const l1Number = inclusionBlock(l1, Math.max(feed.lastL1Number, lastOrigin + 1), cursor.l2Time);
  if (l1Number === null) return null;
  const entry = feed.append(l1Number, feed.lastOrigin + 1, lastOrigin, encodeBatch(batch));
  return { entry, blocks, batch };
}

/** First L1 block from `from` on that may hold an entry with a block of this time. */
function inclusionBlock(l1: FakeL1, from: number, l2Time: bigint): number | null {
  for (let number = from; number <= l1.lastNumber; number++) {
    if (l1.at(number).time + 600n >= l2Time) return number;
  }
  return null;
}

/** The parent's origin, or one above the feed's that skips no record. */
function nextOrigin(random: Random, l1: FakeL1, feed: FakeFeed, cursor: Cursor): number {
  const current = Number(cursor.origin.number);
  if (random.chance(40)) return current;
  let number = Math.max(current, feed.lastOrigin) + 1;
  while (random.chance(30) && !l1.records.some(({ header }) => header.l1Number === BigInt(number)))
    number++;
  return number;
}
