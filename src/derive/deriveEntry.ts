import { readBatch } from "../protocol/batch.js";
import { chunkHash } from "../protocol/chunkHash.js";
import { MAX_TIME_AHEAD_OF_ENTRY } from "../protocol/constants.js";
import type {
  BatchBlock,
  ChainConfig,
  Cursor,
  DepositFeedRecord,
  EntryHeader,
  L1Origin,
  PayloadAttributes,
} from "../protocol/types.js";
import { fromHex } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import {
  type BlockInput,
  buildBlockAttributes,
  type DerivedBlock,
} from "./buildBlockAttributes.js";
import type { DerivedDeposit } from "./consumeRecords.js";
import { DeriveError } from "./errors.js";

/** The only format whose data are read as a batch. */
const FORMAT_CALLDATA = 0;

/** An entry with everything that its blocks depend on. */
export interface EntryInput {
  header: EntryHeader;
  data: Uint8Array;
  /** L1 blocks firstOrigin..lastOrigin; none if the range is empty. */
  origins: readonly L1Origin[];
  /** From the cursor's record (or an earlier one) up to depTo; further ones are not looked at. */
  records: readonly DepositFeedRecord[];
}

/** One block of an entry. */
export interface EntryBlock {
  attributes: PayloadAttributes;
  cursorAfter: Cursor;
  deposits: DerivedDeposit[];
  /** True: not in the batch; it only brings in records that the entry covers. */
  synthesized: boolean;
}

/** Blocks of an entry, and the cursor after it. That cursor is the last block's, but for `entryIndex`. */
export interface DerivedEntry {
  blocks: EntryBlock[];
  cursor: Cursor;
}

/**
 * The L2 blocks that an entry means. Pure; total over the data: whatever was posted, there is exactly one result.
 * Errors: DERIVE_ENTRY_MISALIGNED, DERIVE_DATA_MISMATCH, DERIVE_ORIGINS_MISMATCH, DERIVE_RECORD_MISSING, DERIVE_STUCK,
 * all of them for input that is not from the feeds.
 * Source: docs/protocol/derivation.md#one-entry
 */
export function deriveEntry(chain: ChainConfig, cursor: Cursor, entry: EntryInput): DerivedEntry {
  assertBelongs(cursor, entry);
  const blocks: EntryBlock[] = [];
  let current = cursor;
  const add = (
    input: Pick<BlockInput, "timestamp" | "origin" | "hints" | "candidates">,
    synthesized: boolean,
  ) => {
    const block = buildBlockAttributes(chain, current, {
      ...input,
      records: entry.records,
      recordEnd: entry.header.depTo,
    });
    blocks.push(toEntryBlock(block, synthesized));
    current = block.cursor;
  };

  for (const batchBlock of readBatchOf(entry)) {
    const place = placeBlock(current, entry, batchBlock);
    if (place === null) break;
    add({ ...place, hints: batchBlock.hints, candidates: batchBlock.transactions }, false);
  }
  while (current.recordIndex < entry.header.depTo) {
    const before = current.recordIndex;
    const origin = entry.origins.at(-1) ?? current.origin;
    const timestamp = laterOf(current.l2Time + 1n, origin.time);
    add({ timestamp, origin, hints: [], candidates: [] }, true);
    if (current.recordIndex === before) {
      throw new DeriveError("DERIVE_STUCK", { entry: entry.header.index, record: before });
    }
  }
  return { blocks, cursor: { ...current, entryIndex: cursor.entryIndex + 1n } };
}

function readBatchOf({ header, data }: EntryInput): BatchBlock[] {
  return header.format === FORMAT_CALLDATA ? readBatch(data) : [];
}

/** Time and origin of a batch block, or null if it violates a rule, which ends the batch. */
function placeBlock(
  cursor: Cursor,
  { header, origins }: EntryInput,
  { dt, originDelta }: BatchBlock,
): { timestamp: bigint; origin: L1Origin } | null {
  if (dt === 0) return null;
  const number = cursor.origin.number + BigInt(originDelta);
  const origin = originDelta === 0 ? cursor.origin : origins[Number(number - header.firstOrigin)];
  if (origin?.number !== number) return null;
  const timestamp = cursor.l2Time + BigInt(dt);
  const isInTime = timestamp >= origin.time && timestamp <= header.l1Time + MAX_TIME_AHEAD_OF_ENTRY;
  return isInTime ? { timestamp, origin } : null;
}

function assertBelongs(cursor: Cursor, { header, data, origins }: EntryInput): void {
  const { index, firstOrigin, lastOrigin } = header;
  if (index !== cursor.entryIndex) {
    throw new DeriveError("DERIVE_ENTRY_MISALIGNED", { expected: cursor.entryIndex, index });
  }
  if (data.length !== header.dataLength || chunkHash(data) !== header.dataHash) {
    throw new DeriveError("DERIVE_DATA_MISMATCH", { index });
  }
  const expected = lastOrigin < firstOrigin ? 0n : lastOrigin - firstOrigin + 1n;
  const isRange =
    BigInt(origins.length) === expected &&
    origins.every(({ number }, i) => number === firstOrigin + BigInt(i));
  if (!isRange || hashOrigins(origins) !== header.originsHash) {
    throw new DeriveError("DERIVE_ORIGINS_MISMATCH", { index, firstOrigin, lastOrigin });
  }
}

/** What an entry header says of its origin range. Source: docs/protocol/feeds.md#entry-header-181-bytes-packed */
export function hashOrigins(
  origins: readonly Pick<L1Origin, "hash">[],
): EntryHeader["originsHash"] {
  return keccakHex(fromHex(`0x${origins.map(({ hash }) => hash.slice(2)).join("")}`));
}

function toEntryBlock(
  { attributes, cursor, deposits }: DerivedBlock,
  synthesized: boolean,
): EntryBlock {
  return { attributes, cursorAfter: cursor, deposits, synthesized };
}

function laterOf(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
