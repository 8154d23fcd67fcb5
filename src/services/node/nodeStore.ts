import { decodeCursor, encodeCursor } from "../../derive/index.js";
import type { FeedEntry, FeedRecord } from "../../l1/types.js";
import type { Cursor } from "../../protocol/types.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import type { Hash } from "../../util/hex.js";
import { fromHex, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { decodeStored, encodeStored } from "../storedValue.js";
import type { ProposalVerdict } from "../types.js";

/** Where derivation stands after an entry. */
export interface DerivedMark {
  /** Cursor after the entry; its entryIndex is the entry's index + 1. */
  cursor: Cursor;
  /** Last L2 block derived from this entry or one before it. */
  lastBlock: { number: bigint; hash: Hash };
}

interface Counts {
  entries: bigint;
  records: bigint;
  /** Entries whose blocks the engine has. */
  derived: bigint;
}

const text = new TextEncoder();
const COUNTS_KEY = text.encode("node/counts");
const MAX_OPERATIONS = 10_000;
/** Elements kept decoded: their contents, and a share for what is around them. */
const KEPT_ENTRY_BYTES = 32 << 20;
const KEPT_RECORD_BYTES = 8 << 20;
const ELEMENT_BYTES = 2_048;

/**
 * The node's own tables: feed entries, records, the cursor after each L2 block, and where each entry ends on L2.
 * All of it can be lost: it is derived from L1 again. Writes of one call are atomic.
 */
export class NodeStore {
  readonly #store: KeyValueStore;
  readonly #entries = new Lru<bigint, FeedEntry>(KEPT_ENTRY_BYTES, weigh);
  readonly #records = new Lru<bigint, FeedRecord>(KEPT_RECORD_BYTES, weigh);
  #counts: Counts;

  constructor(store: KeyValueStore) {
    this.#store = store;
    const counts = store.get(COUNTS_KEY);
    this.#counts = counts
      ? decodeStored<Counts>(counts).meta
      : { entries: 0n, records: 0n, derived: 0n };
  }

  get entryCount(): bigint {
    return this.#counts.entries;
  }
  get recordCount(): bigint {
    return this.#counts.records;
  }
  get derivedCount(): bigint {
    return this.#counts.derived;
  }

  getEntry(index: bigint): FeedEntry | undefined {
    if (index < 0n || index >= this.#counts.entries) return undefined;
    const kept = this.#entries.get(index);
    if (kept) return kept;
    const found = this.#get<Omit<FeedEntry, "data">>(numberKey("e", index));
    if (!found) return undefined;
    const entry = { ...found.meta, data: found.bytes };
    this.#entries.set(index, entry);
    return entry;
  }

  getRecord(index: bigint): FeedRecord | undefined {
    if (index < 0n || index >= this.#counts.records) return undefined;
    const kept = this.#records.get(index);
    if (kept) return kept;
    const found = this.#get<Omit<FeedRecord, "data">>(numberKey("r", index));
    if (!found) return undefined;
    const record = { ...found.meta, data: found.bytes };
    this.#records.set(index, record);
    return record;
  }

  /** Undefined: not derived (any more). */
  getDerived(index: bigint): DerivedMark | undefined {
    if (index < 0n || index >= this.#counts.derived) return undefined;
    const found = this.#get<DerivedMark["lastBlock"]>(numberKey("d", index));
    return found && { lastBlock: found.meta, cursor: decodeCursor(found.bytes) };
  }

  /** The same without the cursor, which takes longer to read. */
  getDerivedBlock(index: bigint): DerivedMark["lastBlock"] | undefined {
    if (index < 0n || index >= this.#counts.derived) return undefined;
    return this.#get<DerivedMark["lastBlock"]>(numberKey("d", index))?.meta;
  }

  getCursor(blockHash: Hash): Cursor | undefined {
    const found = this.#store.get(hashKey("c", blockHash));
    return found && decodeCursor(found);
  }

  getAlias(hash: Hash): Hash | undefined {
    const found = this.#store.get(hashKey("a", hash));
    return found && toHex(found);
  }

  getVerdict(index: bigint): ProposalVerdict | undefined {
    return this.#get<ProposalVerdict>(numberKey("v", index))?.meta;
  }

  async appendEntries(entries: FeedEntry[]): Promise<void> {
    for (const { header } of entries) this.#entries.delete(header.index);
    const operations = entries.map(({ data, ...meta }) =>
      put(numberKey("e", meta.header.index), encodeStored(meta, data)),
    );
    await this.#write(operations, { entries: this.entryCount + BigInt(entries.length) });
  }

  async appendRecords(records: FeedRecord[]): Promise<void> {
    for (const { header } of records) this.#records.delete(header.index);
    const operations = records.map(({ data, ...meta }) =>
      put(numberKey("r", meta.header.index), encodeStored(meta, data)),
    );
    await this.#write(operations, { records: this.recordCount + BigInt(records.length) });
  }

  /** Forgets the elements from these positions on. Contents stay behind as garbage and are overwritten. */
  async truncate(entries: bigint, records: bigint): Promise<void> {
    const { derived } = this.#counts;
    this.#entries.clear();
    this.#records.clear();
    await this.#write([], { entries, records, derived: derived < entries ? derived : entries });
  }

  /** The engine lost blocks: derive from this entry on again. */
  async rewindDerived(derived: bigint): Promise<void> {
    await this.#write([], { derived });
  }

  async putDerived(index: bigint, mark: DerivedMark): Promise<void> {
    const value = encodeStored(mark.lastBlock, encodeCursor(mark.cursor));
    await this.#write([put(numberKey("d", index), value)], { derived: index + 1n });
  }

  /** Cursor after a block, and the other names of its deposits. */
  async putBlock(
    blockHash: Hash,
    cursor: Cursor,
    aliases: { alias: Hash; hash: Hash }[] = [],
  ): Promise<void> {
    await this.#write([
      put(hashKey("c", blockHash), encodeCursor(cursor)),
      ...aliases.map(({ alias, hash }) => put(hashKey("a", alias), fromHex(hash))),
    ]);
  }

  async putVerdicts(verdicts: ProposalVerdict[]): Promise<void> {
    await this.#write(
      verdicts.map((verdict) => put(numberKey("v", verdict.index), encodeStored(verdict))),
    );
  }

  /** Deletes everything; the engine's blocks are not touched. */
  async clear(): Promise<void> {
    let operations: StoreOperation[] = [];
    for await (const [key] of this.#store.iterate({
      gte: text.encode("node/"),
      lt: text.encode("node0"),
    })) {
      operations.push({ type: "del", key });
      if (operations.length >= MAX_OPERATIONS) {
        await this.#store.batch(operations);
        operations = [];
      }
    }
    await this.#store.batch(operations, { sync: true });
    this.#entries.clear();
    this.#records.clear();
    this.#counts = { entries: 0n, records: 0n, derived: 0n };
  }

  #get<T>(key: Uint8Array): { meta: T; bytes: Uint8Array } | undefined {
    const value = this.#store.get(key);
    return value && decodeStored<T>(value);
  }

  async #write(operations: StoreOperation[], change?: Partial<Counts>): Promise<void> {
    if (!change) return this.#store.batch(operations);
    const counts = { ...this.#counts, ...change };
    await this.#store.batch([...operations, put(COUNTS_KEY, encodeStored(counts))]);
    this.#counts = counts;
  }
}

function weigh({ data }: FeedEntry | FeedRecord): number {
  return data.length + ELEMENT_BYTES;
}

function put(key: Uint8Array, value: Uint8Array): StoreOperation {
  return { type: "put", key, value };
}

function numberKey(table: string, index: bigint): Uint8Array {
  const prefix = text.encode(`node/${table}/`);
  const key = new Uint8Array(prefix.length + 8);
  key.set(prefix);
  new DataView(key.buffer).setBigUint64(prefix.length, index);
  return key;
}

function hashKey(table: string, hash: Hash): Uint8Array {
  const prefix = text.encode(`node/${table}/`);
  const key = new Uint8Array(prefix.length + 32);
  key.set(prefix);
  key.set(fromHex(hash), prefix.length);
  return key;
}
