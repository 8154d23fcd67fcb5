import type { FeedEntry, FeedRecord, FeedSnapshot, L1Reader } from "../../l1/types.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Hash } from "../../util/hex.js";
import { ZERO_HASH } from "../../util/hex.js";
import { ServiceError } from "../errors.js";
import { standingLength } from "../standing.js";
import type { NodeStore } from "./nodeStore.js";

/** How much one step does. */
export interface FeedSyncConfig {
  /** Elements fetched by one step. */
  entriesPerStep: number;
  recordsPerStep: number;
}

/** What one `sync` did. */
export interface SyncOutcome {
  changed: boolean;
  /** L1 blocks seen before are gone: origins of unsafe blocks must be looked at again. */
  reorged: boolean;
  /** How many of the entries known before still stand; undefined if all do. */
  entriesKept?: bigint;
}

const REMEMBERED_HEADS = 512;

/**
 * L1 tip → feed contents in the node's store. Follows L1 reorgs by the hash chains of the feeds.
 * Errors: those of L1Reader; NODE_L1_LAGS when the reader's head fell behind one it gave before.
 */
export class FeedSync {
  readonly #config: FeedSyncConfig;
  readonly #l1: L1Reader;
  readonly #store: NodeStore;
  readonly #seenHeads = new Map<bigint, Hash>();
  #snapshot: FeedSnapshot | undefined;
  #heads: { head: L1BlockRef; safe: L1BlockRef; finalized: L1BlockRef } | undefined;

  constructor(config: FeedSyncConfig, deps: { l1: L1Reader; store: NodeStore }) {
    this.#config = config;
    this.#l1 = deps.l1;
    this.#store = deps.store;
  }

  /** Tips of the feeds that the store follows; undefined before the first answer of L1. */
  get snapshot(): FeedSnapshot | undefined {
    return this.#snapshot;
  }

  get heads(): { head: L1BlockRef; safe: L1BlockRef; finalized: L1BlockRef } | undefined {
    return this.#heads;
  }

  /** True if the store has everything up to the snapshot. */
  get isComplete(): boolean {
    return (
      this.#snapshot !== undefined &&
      this.#store.entryCount === this.#snapshot.entries.length &&
      this.#store.recordCount === this.#snapshot.records.length
    );
  }

  /** One bounded unit: looks at the tip, drops what no longer stands, fetches some elements. */
  async sync(): Promise<SyncOutcome> {
    const heads = await this.#l1.getHeads();
    const before = this.#snapshot;
    let outcome: SyncOutcome = { changed: false, reorged: false };
    if (heads.head.hash !== before?.at.hash) {
      this.#assertNotLagging(heads.head, before);
      const snapshot = await this.#l1.getFeedSnapshot(heads.head);
      const isChild = before !== undefined && heads.head.parentHash === before.at.hash;
      if (!isChild) outcome = await this.#dropFallen(snapshot, before);
      this.#snapshot = snapshot;
      this.#remember(heads.head);
      outcome.changed = true;
    }
    this.#heads = heads;
    if (!this.isComplete && (await this.#fetchSome())) outcome.changed = true;
    return outcome;
  }

  /** A head we have already passed, still on our chain, is a late answer and no reorg. */
  #assertNotLagging(head: L1BlockRef, before: FeedSnapshot | undefined): void {
    if (!before || head.number >= before.at.number) return;
    if (this.#seenHeads.get(head.number) !== head.hash) return;
    throw new ServiceError("NODE_L1_LAGS", { head: head.number, seen: before.at.number });
  }

  #remember(head: L1BlockRef): void {
    this.#seenHeads.set(head.number, head.hash);
    for (const number of this.#seenHeads.keys()) {
      if (this.#seenHeads.size <= REMEMBERED_HEADS && number <= head.number) break;
      this.#seenHeads.delete(number);
    }
  }

  async #dropFallen(
    snapshot: FeedSnapshot,
    before: FeedSnapshot | undefined,
  ): Promise<SyncOutcome> {
    const reorged = before === undefined || !(await this.#isCanonical(before.at));
    if (!reorged) return { changed: true, reorged: false };
    const known = this.#store.entryCount;
    const entries = await standingLength(known, async (index) =>
      this.#stands(this.#store.getEntry(index), await this.#l1.getEntryHash(index, snapshot)),
    );
    const records = await standingLength(this.#store.recordCount, async (index) =>
      this.#stands(this.#store.getRecord(index), await this.#l1.getRecordHash(index, snapshot)),
    );
    if (entries === known && records === this.#store.recordCount) return { changed: true, reorged };
    await this.#store.truncate(entries, records);
    return { changed: true, reorged, ...(entries < known ? { entriesKept: entries } : {}) };
  }

  async #stands(
    known: FeedEntry | FeedRecord | undefined,
    hashNow: Hash | undefined,
  ): Promise<boolean> {
    if (!known || known.hash !== hashNow) return false;
    // The same content may have moved to another L1 block of the same number: then its place is fetched again.
    return this.#isCanonical({ number: known.header.l1Number, hash: known.l1.blockHash });
  }

  async #isCanonical(block: { number: bigint; hash: Hash }): Promise<boolean> {
    try {
      return (await this.#l1.getHeader(block.number)).hash === block.hash;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async #fetchSome(): Promise<boolean> {
    const snapshot = this.#snapshot as FeedSnapshot;
    const { recordCount, entryCount } = this.#store;
    if (recordCount < snapshot.records.length) {
      const records = await this.#l1.getRecords(recordCount, snapshot, this.#config.recordsPerStep);
      const tip = this.#store.getRecord(recordCount - 1n)?.hash ?? ZERO_HASH;
      if (records[0] && records[0].header.prevRecordHash !== tip) return this.#refollow();
      await this.#store.appendRecords(records);
      return records.length > 0;
    }
    if (entryCount < snapshot.entries.length) {
      const entries = await this.#l1.getEntries(entryCount, snapshot, this.#config.entriesPerStep);
      const tip = this.#store.getEntry(entryCount - 1n)?.hash ?? ZERO_HASH;
      if (entries[0] && entries[0].header.prevEntryHash !== tip) return this.#refollow();
      await this.#store.appendEntries(entries);
      return entries.length > 0;
    }
    // Shorter than what we have: only a reorg that went unseen explains it.
    return this.#refollow();
  }

  /** Contents do not link to ours: forget the snapshot, so that the next step compares everything. */
  #refollow(): boolean {
    this.#snapshot = undefined;
    return true;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "L1_BLOCK_MISSING";
}
