import { toEventSelector } from "viem";
import { decodeEntryHeader } from "../protocol/entryHeader.js";
import { decodeRecordHeader } from "../protocol/recordHeader.js";
import type { EntryHeader, L1BlockRef, RecordHeader, RollupConfig } from "../protocol/types.js";
import type { Logger } from "../telemetry/logger.js";
import { hasCode } from "../util/errors.js";
import { type Address, type Hash, ZERO_HASH } from "../util/hex.js";
import { assertData, fetchEntryData } from "./entryData.js";
import { L1Error } from "./errors.js";
import { FeedLogs } from "./feedLogs.js";
import { toBlockRef } from "./header.js";
import { L1Headers } from "./headers.js";
import type { JsonRpc } from "./jsonRpc.js";
import { type LinkedLog, type LogShape, linkLogs } from "./linkedLogs.js";
import {
  mappingSlot,
  ProvenStorage,
  type SlotQuery,
  type SlotValues,
  wordHex,
} from "./provenStorage.js";
import type { FeedEntry, FeedRecord, FeedSnapshot, L1Header, L1Reader } from "./types.js";

/** What is read: the chain id and the two feeds; a `RollupConfig` fits. */
export interface FeedReaderConfig {
  chain: Pick<RollupConfig["chain"], "l1ChainId">;
  addresses: Pick<RollupConfig["addresses"], "sequencerFeed" | "depositFeed">;
  /** Block S: no element is in it or before. */
  genesisOrigin: { number: bigint };
}

const U64 = (1n << 64n) - 1n;
const MAX_AT_ONCE = 128n;
// Slots of both feeds. Source: docs/protocol/feeds.md
const HASHES_SLOT = 0n;
const LENGTHS_SLOT = wordHex(2n);
const LAST_HASH_SLOT = wordHex(3n);

const ENTRY_SHAPE: LogShape<EntryHeader> = {
  parameters: [{ type: "bytes" }],
  decode: decodeEntryHeader,
  prevHash: (header) => header.prevEntryHash,
};
const RECORD_SHAPE: LogShape<RecordHeader> = {
  parameters: [{ type: "bytes" }, { type: "bytes" }],
  decode: decodeRecordHeader,
  prevHash: (header) => header.prevRecordHash,
};

/** The live `L1Reader`: trusts L1 only for which block is the tip. Source: docs/protocol/feeds.md#reading-the-feeds */
export class VerifyingL1Reader implements L1Reader {
  readonly #rpc: JsonRpc;
  readonly #addresses: FeedReaderConfig["addresses"];
  readonly #headers: L1Headers;
  readonly #storage: ProvenStorage;
  readonly #entryLogs: FeedLogs;
  readonly #recordLogs: FeedLogs;

  constructor(config: FeedReaderConfig, deps: { rpc: JsonRpc; logger: Logger }) {
    this.#rpc = deps.rpc;
    this.#addresses = config.addresses;
    this.#headers = new L1Headers(deps.rpc, config.chain.l1ChainId);
    this.#storage = new ProvenStorage(deps.rpc, deps.logger);
    const startBlock = config.genesisOrigin.number + 1n;
    this.#entryLogs = new FeedLogs(deps.rpc, {
      address: config.addresses.sequencerFeed,
      topic: toEventSelector("EntryAppended(uint64,bytes)"),
      startBlock,
    });
    this.#recordLogs = new FeedLogs(deps.rpc, {
      address: config.addresses.depositFeed,
      topic: toEventSelector("RecordAppended(uint64,bytes,bytes)"),
      startBlock,
    });
  }

  getHeads(): Promise<{ head: L1BlockRef; safe: L1BlockRef; finalized: L1BlockRef }> {
    return this.#headers.getHeads();
  }

  getHeader(number: bigint): Promise<L1Header> {
    return this.#headers.getByNumber(number);
  }

  getHeaderByHash(hash: Hash): Promise<L1Header> {
    return this.#headers.getByHash(hash);
  }

  getOrigins(first: bigint, last: bigint, originsHash?: Hash): Promise<L1Header[]> {
    return this.#headers.getRange(first, last, originsHash);
  }

  /** Tells where an element was seen before, so that reading on after a restart needs no search. */
  addHints(hints: { entry?: EntryHeader; record?: RecordHeader }): void {
    if (hints.entry) this.#entryLogs.addHint(hints.entry.index, hints.entry.l1Number);
    if (hints.record) this.#recordLogs.addHint(hints.record.index, hints.record.l1Number);
  }

  async getFeedSnapshot(at: L1BlockRef): Promise<FeedSnapshot> {
    return this.#explain(at, async () => {
      const header = await this.#headers.getByHash(at.hash);
      const slots = [LENGTHS_SLOT, LAST_HASH_SLOT];
      const { sequencerFeed, depositFeed } = this.#addresses;
      const queries = [sequencerFeed, depositFeed].map((address) => ({ address, slots }));
      const [entries, records] = await this.#readSlots(queries, header);
      if (!entries || !records)
        throw new L1Error("L1_NOT_DEPLOYED", { sequencerFeed, depositFeed });
      const [entryNumbers = 0n, entryHash = 0n] = entries;
      const [recordNumbers = 0n, recordHash = 0n] = records;
      return {
        at: toBlockRef(header),
        entries: {
          length: entryNumbers & U64,
          lastL1Time: (entryNumbers >> 64n) & U64,
          lastOrigin: (entryNumbers >> 128n) & U64,
          lastDepTo: (entryNumbers >> 192n) & U64,
          lastHash: wordHex(entryHash),
        },
        records: { length: recordNumbers & U64, lastHash: wordHex(recordHash) },
      };
    });
  }

  async getEntries(from: bigint, snapshot: FeedSnapshot, limit: number): Promise<FeedEntry[]> {
    return this.#explain(snapshot.at, async () => {
      const logs = this.#entryLogs;
      const address = this.#addresses.sequencerFeed;
      const feed = { address, logs, shape: ENTRY_SHAPE, ...snapshot.entries };
      const linked = await this.#readLinked(feed, from, snapshot.at, limit);
      const data = await fetchEntryData(this.#rpc, linked);
      return linked.map(({ header, hash, log }, i) => {
        const { blockHash, txHash, logIndex } = log;
        return { header, hash, data: data[i] as Uint8Array, l1: { blockHash, txHash, logIndex } };
      });
    });
  }

  async getRecords(from: bigint, snapshot: FeedSnapshot, limit: number): Promise<FeedRecord[]> {
    return this.#explain(snapshot.at, async () => {
      const logs = this.#recordLogs;
      const address = this.#addresses.depositFeed;
      const feed = { address, logs, shape: RECORD_SHAPE, ...snapshot.records };
      const linked = await this.#readLinked(feed, from, snapshot.at, limit);
      return linked.map(({ header, hash, data, log }) => {
        assertData(header, data);
        // The portal's and SystemConfig's own log follows right after the feed's.
        const { blockHash, txHash, logIndex } = log;
        return { header, hash, data, l1: { blockHash, txHash, logIndex: logIndex + 1 } };
      });
    });
  }

  getEntryHash(index: bigint, snapshot: FeedSnapshot): Promise<Hash | undefined> {
    return this.#explain(snapshot.at, () =>
      this.#readHash(this.#addresses.sequencerFeed, index, snapshot.at),
    );
  }

  getRecordHash(index: bigint, snapshot: FeedSnapshot): Promise<Hash | undefined> {
    return this.#explain(snapshot.at, () =>
      this.#readHash(this.#addresses.depositFeed, index, snapshot.at),
    );
  }

  async #readLinked<Header extends { index: bigint; l1Number: bigint }>(
    feed: {
      address: Address;
      logs: FeedLogs;
      shape: LogShape<Header>;
      length: bigint;
      lastHash: Hash;
    },
    from: bigint,
    at: L1BlockRef,
    limit: number,
  ): Promise<LinkedLog<Header>[]> {
    const room = feed.length - from;
    const wanted = [room, BigInt(limit), MAX_AT_ONCE].reduce((a, b) => (a < b ? a : b));
    if (wanted <= 0n) return [];
    const last = from + wanted - 1n;
    const isEnd = last === feed.length - 1n;
    const endHash = isEnd ? feed.lastHash : await this.#readHash(feed.address, last, at);
    if (endHash === undefined) throw new L1Error("L1_LIED", { what: "hash missing", index: last });
    const logs = await feed.logs.find(from, last, at.number);
    const linked = linkLogs(logs, { first: from, last, endHash }, feed.shape);
    for (const { header } of linked) feed.logs.addHint(header.index, header.l1Number);
    return linked;
  }

  async #readHash(address: Address, index: bigint, at: L1BlockRef): Promise<Hash | undefined> {
    const header = await this.#headers.getByHash(at.hash);
    const query = { address, slots: [mappingSlot(index, HASHES_SLOT)] };
    const [values] = await this.#readSlots([query], header);
    const hash = wordHex(values?.[0] ?? 0n);
    return hash === ZERO_HASH ? undefined : hash;
  }

  async #readSlots(queries: SlotQuery[], at: L1Header): Promise<SlotValues[]> {
    const values = await this.#storage.read(queries, at);
    // Without proofs only the number was asked for: another block may have it by now.
    if (this.#storage.areProofsOffered || (await this.#headers.isCanonical(at))) return values;
    throw new L1Error("L1_REORGED", { number: at.number, hash: at.hash });
  }

  /** An answer that does not fit is no lie if L1 has dropped the block we asked about. */
  async #explain<T>(at: L1BlockRef, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      const codes = ["L1_LIED", "L1_BLOCK_MISSING", "L1_STATE_GONE", "L1_NOT_DEPLOYED"];
      if (!codes.some((code) => hasCode(error, code)) || (await this.#headers.isCanonical(at))) {
        throw error;
      }
      throw new L1Error("L1_REORGED", { number: at.number, hash: at.hash }, error);
    }
  }
}
