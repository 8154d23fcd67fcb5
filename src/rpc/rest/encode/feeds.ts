import type { FeedEntry, FeedRecord } from "../../../l1/types.js";
import {
  encodeEntryHeader,
  encodeRecordHeader,
  RECORD_KIND_CONFIG,
  readBatch,
  readConfigRecord,
} from "../../../protocol/index.js";
import type { FeedView } from "../../../services/chainAccess.js";
import { toHex } from "../../../util/hex.js";
import { encodeAddress, encodeL1Ref } from "./common.js";

type Heads = Pick<FeedView, "heads">;

/** An entry of the SequencerFeed, in short. */
export function encodeEntry(entry: FeedEntry, { heads }: Heads) {
  const { header, hash } = entry;
  return {
    feed: "batches",
    index: Number(header.index),
    hash,
    prevHash: header.prevEntryHash,
    kind: header.dataLength === 0 ? "empty" : "batch",
    size: header.dataLength,
    l1: l1RefOf(entry, heads),
  };
}

/** A record of the DepositFeed, in short. */
export function encodeRecord(record: FeedRecord, { heads }: Heads) {
  const { header, hash } = record;
  return {
    feed: "deposits",
    index: Number(header.index),
    hash,
    prevHash: header.prevRecordHash,
    kind: header.kind === RECORD_KIND_CONFIG ? "config" : "deposit",
    size: header.dataLength,
    l1: l1RefOf(record, heads),
  };
}

/** The same with its header and the blocks of its batch, as far as they can be read. */
export function encodeEntryDetail(entry: FeedEntry, feeds: Heads, withRaw: boolean) {
  const { header } = entry;
  return {
    ...encodeEntry(entry, feeds),
    header: {
      format: header.format,
      firstOrigin: Number(header.firstOrigin),
      lastOrigin: Number(header.lastOrigin),
      originsHash: header.originsHash,
      depTo: Number(header.depTo),
      depRecordHash: header.depRecordHash,
      dataHash: header.dataHash,
    },
    batch: {
      blocks: readBatch(entry.data).map(({ dt, originDelta, hints, transactions }) => ({
        dt,
        originDelta,
        hints,
        transactions: transactions.length,
        bytes: transactions.reduce((sum, tx) => sum + tx.length, 0),
      })),
    },
    ...(withRaw ? { raw: rawOf(encodeEntryHeader(header), entry.data) } : {}),
  };
}

/** The same with the deposit or the config change that it is. */
export function encodeRecordDetail(record: FeedRecord, feeds: Heads, withRaw: boolean) {
  const { header, data } = record;
  const isConfig = header.kind === RECORD_KIND_CONFIG;
  return {
    ...encodeRecord(record, feeds),
    header: { kind: header.kind, dataHash: header.dataHash },
    ...(isConfig
      ? { config: readConfigRecord(data) }
      : {
          deposit: {
            from: encodeAddress(header.from),
            to: header.isCreation ? null : encodeAddress(header.to),
            mintWei: header.mint,
            valueWei: header.value,
            gasLimit: Number(header.gasLimit),
            data: toHex(data),
          },
        }),
    ...(withRaw ? { raw: rawOf(encodeRecordHeader(header), data) } : {}),
  };
}

function rawOf(header: Uint8Array, data: Uint8Array) {
  return { header: toHex(header), data: toHex(data) };
}

function l1RefOf(element: FeedEntry | FeedRecord, heads: FeedView["heads"]) {
  const { l1Number, l1Time } = element.header;
  return encodeL1Ref({ ...element.l1, blockNumber: l1Number, timestamp: l1Time }, heads);
}
