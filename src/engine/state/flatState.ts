import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { Lru } from "../../util/lru.js";
import { chainKeys } from "../chain/chainKeys.js";
import { byteKey } from "./byteKey.js";

/** Records kept in memory; one takes about 300 bytes. */
const MAX_RECORDS = 20_000;
const MARK = chainKeys.meta("flat");

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a === b || Buffer.compare(a, b) === 0;

/**
 * Accounts and slots of one state, each a record of its own that is found without walking a trie: reading costs the same however
 * large the state is. A mark beside the records names the root of their state, and is written in one batch with them; for a state
 * with another root they say nothing, and the trie is read. Keys are hashed and values encoded as in the trie.
 */
export class FlatState {
  readonly #store: KeyValueStore;
  /** Undefined: there are none to be read, or they are being changed. */
  #root: Uint8Array | undefined;
  /** Records by key; null: there is none. */
  readonly #records = new Lru<string, Uint8Array | null>(MAX_RECORDS);

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#root = store.get(MARK)?.slice();
  }

  /** Root of the state that can be read here now. */
  get root(): Uint8Array | undefined {
    return this.#root;
  }

  /** True if records are of the state with this root. To be asked before each read. */
  isAt(root: Uint8Array): boolean {
    return this.#root !== undefined && sameBytes(this.#root, root);
  }

  /** RLP of an account, by its hashed address. */
  account(key: Uint8Array): Uint8Array | undefined {
    return this.read(chainKeys.flatAccount(key));
  }

  /** RLP of a slot, by the hashed address of its account and its own hash. */
  slot(account: Uint8Array, key: Uint8Array): Uint8Array | undefined {
    return this.read(chainKeys.flatSlot(account, key));
  }

  /** A record by its key in the store. */
  read(key: Uint8Array): Uint8Array | undefined {
    const name = byteKey(key);
    let record = this.#records.get(name);
    if (record === undefined) {
      record = this.#store.get(key) ?? null;
      this.#records.set(name, record);
    }
    return record ?? undefined;
  }

  /** Nothing can be read until `stand`: records are about to be changed on disk. */
  suspend(): void {
    this.#root = undefined;
  }

  /** The records on disk have been changed by `operations`, and are of the state with this root now. */
  stand(root: Uint8Array, operations: readonly StoreOperation[]): void {
    for (const operation of operations) {
      this.#records.set(byteKey(operation.key), operation.type === "put" ? operation.value : null);
    }
    this.#root = root;
  }

  /** Nothing can be read here, nor is what was read kept. */
  forget(): void {
    this.#root = undefined;
    this.#records.clear();
  }

  /** Names the state of the records on disk; undefined: of none. */
  static mark(root: Uint8Array | undefined): StoreOperation {
    return root ? { type: "put", key: MARK, value: root } : { type: "del", key: MARK };
  }
}
