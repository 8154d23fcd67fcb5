import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { fromHex, type Hash, type Hex } from "../../util/hex.js";
import type { MachineClaim } from "../chainAccess.js";
import { decodeStored, encodeStored } from "../storedValue.js";

/** Machine root at the boundary after an L2 block. */
export interface BlockRoot {
  number: bigint;
  hash: Hash;
  root: Hash;
  /** Steps of the block, from the boundary before it. */
  steps: number;
}

/** What running an entry ended in: the state without an open entry, which a claim up to this entry names. */
export interface EntryEnd {
  entryHash: Hash;
  /** Last block after the entry. */
  number: bigint;
  root: Hash;
  /** Opens the root for BlockOracle.createWithProof. */
  proof: Hex;
  /** Steps in the slot behind the last block, until nothing was left. */
  stepsAfter: number;
}

const COUNT_KEY = new TextEncoder().encode("machine/count");
const ENTRY = 0x65;
const BLOCK = 0x62;

function numberKey(prefix: number, number: bigint): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = prefix;
  new DataView(key.buffer).setBigUint64(1, number);
  return key;
}

function blockKey(hash: Hash): Uint8Array {
  return Uint8Array.of(BLOCK, ...fromHex(hash));
}

/** Machine roots by block and by entry. All of it can be lost: it is computed again. */
export class RootStore {
  readonly #store: KeyValueStore;
  #entries: bigint;

  constructor(store: KeyValueStore) {
    this.#store = store;
    const count = store.get(COUNT_KEY);
    this.#entries = count ? decodeStored<{ entries: bigint }>(count).meta.entries : 0n;
  }

  /** Entries run so far. */
  get entryCount(): bigint {
    return this.#entries;
  }

  getEntry(index: bigint): EntryEnd | undefined {
    if (index < 0n || index >= this.#entries) return undefined;
    const found = this.#store.get(numberKey(ENTRY, index));
    return found && decodeStored<EntryEnd>(found).meta;
  }

  /** What a claim up to `feedEnd` names, if its last block is this one. */
  claim(feedEnd: bigint, l2BlockNumber: bigint): MachineClaim | undefined {
    const end = this.getEntry(feedEnd - 1n);
    return end?.number === l2BlockNumber ? { root: end.root, proof: end.proof } : undefined;
  }

  getBlock(hash: Hash): BlockRoot | undefined {
    const found = this.#store.get(blockKey(hash));
    return found && decodeStored<BlockRoot>(found).meta;
  }

  /** Keeps the next entry with its blocks, all or nothing. */
  async append(end: EntryEnd, blocks: readonly BlockRoot[]): Promise<void> {
    const index = this.#entries;
    const operations: StoreOperation[] = blocks.map((block) => ({
      type: "put",
      key: blockKey(block.hash),
      value: encodeStored(block),
    }));
    operations.push({ type: "put", key: numberKey(ENTRY, index), value: encodeStored(end) });
    await this.#write(operations, index + 1n);
  }

  /** Forgets the entries from `count` on, which L1 does not have any more. */
  async truncate(count: bigint): Promise<void> {
    await this.#write([], count);
  }

  async #write(operations: StoreOperation[], entries: bigint): Promise<void> {
    operations.push({ type: "put", key: COUNT_KEY, value: encodeStored({ entries }) });
    await this.#store.batch(operations);
    this.#entries = entries;
  }
}
