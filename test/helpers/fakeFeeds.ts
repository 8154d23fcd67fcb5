import { L1Error } from "../../src/l1/errors.js";
import type { FeedEntry, FeedRecord } from "../../src/l1/types.js";
import {
  chunkHash,
  type EntryHeader,
  hashEntryHeader,
  hashRecordHeader,
  type RecordHeader,
} from "../../src/protocol/index.js";
import type { Hash } from "../../src/util/hex.js";
import { ZERO_HASH } from "../../src/util/hex.js";

/** A block of the fake L1 while it is mined. Elements of it have the zero hash as block hash until it is sealed. */
export interface Draft {
  number: bigint;
  time: bigint;
  entries: FeedEntry[];
  records: FeedRecord[];
  feedOrigin: { number: bigint; hash: Hash };
  logs: number;
}

/** Reverts. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new L1Error("L1_TX_REVERTED", { reason: what });
}

type RecordFields = Pick<
  RecordHeader,
  "kind" | "from" | "to" | "isCreation" | "mint" | "value" | "gasLimit"
>;

/** Appends to the DepositFeed. */
export function addRecord(draft: Draft, data: Uint8Array, fields: RecordFields): void {
  const header: RecordHeader = {
    ...fields,
    index: BigInt(draft.records.length),
    l1Number: draft.number,
    l1Time: draft.time,
    dataLength: data.length,
    dataHash: chunkHash(data),
    prevRecordHash: draft.records.at(-1)?.hash ?? ZERO_HASH,
  };
  const hash = hashRecordHeader(header);
  draft.records.push({
    header,
    data,
    hash,
    l1: { blockHash: ZERO_HASH, txHash: hash, logIndex: draft.logs + 1 },
  });
  draft.logs += 2;
}

type EntryFields = Pick<EntryHeader, "firstOrigin" | "lastOrigin" | "originsHash" | "depTo"> & {
  data: Uint8Array;
};

/** Appends to the SequencerFeed. */
export function addEntry(draft: Draft, { data, ...fields }: EntryFields): void {
  const header: EntryHeader = {
    ...fields,
    format: 0,
    index: BigInt(draft.entries.length),
    l1Number: draft.number,
    l1Time: draft.time,
    depRecordHash: draft.records[Number(fields.depTo) - 1]?.hash ?? ZERO_HASH,
    dataLength: data.length,
    dataHash: chunkHash(data),
    prevEntryHash: draft.entries.at(-1)?.hash ?? ZERO_HASH,
  };
  const hash = hashEntryHeader(header);
  draft.entries.push({
    header,
    hash,
    data,
    l1: { blockHash: ZERO_HASH, txHash: hash, logIndex: draft.logs },
  });
  draft.logs += 1;
}
