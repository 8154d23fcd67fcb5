import type { FeedEntry, FeedRecord, FeedSnapshot } from "../../l1/types.js";
import type { Hash } from "../../util/hex.js";
import type { FeedView } from "../chainAccess.js";
import type { FeedSync } from "./feedSync.js";
import type { NodeStore } from "./nodeStore.js";

/** The node's feeds as other roles see them. */
export class FeedAccess implements FeedView {
  readonly #sync: FeedSync;
  readonly #store: NodeStore;
  readonly #genesisHash: Hash;

  constructor(deps: { sync: FeedSync; store: NodeStore; genesisHash: Hash }) {
    this.#sync = deps.sync;
    this.#store = deps.store;
    this.#genesisHash = deps.genesisHash;
  }

  get snapshot(): FeedSnapshot | undefined {
    return this.#sync.snapshot;
  }
  get heads() {
    return this.#sync.heads;
  }
  get entryCount(): bigint {
    return this.#store.entryCount;
  }
  get recordCount(): bigint {
    return this.#store.recordCount;
  }
  get derivedCount(): bigint {
    return this.#store.derivedCount;
  }

  getEntry(index: bigint): FeedEntry | undefined {
    return this.#store.getEntry(index);
  }

  getRecord(index: bigint): FeedRecord | undefined {
    return this.#store.getRecord(index);
  }

  blockAtEntryEnd(entryEnd: bigint): { number: bigint; hash: Hash } | undefined {
    if (entryEnd === 0n) return { number: 0n, hash: this.#genesisHash };
    return this.#store.getDerivedBlock(entryEnd - 1n);
  }
}
