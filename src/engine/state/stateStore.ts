import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { EMPTY_BYTES, toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { Lru } from "../../util/lru.js";
import { chainKeys } from "../chain/chainKeys.js";
import { EngineError } from "../errors.js";
import { byteKey } from "./byteKey.js";
import type { FlatState } from "./flatState.js";
import { asBytes, asInteger, asList, decodeRlp, encodeRlp, integerToBytes } from "./rlp.js";
import { EMPTY_TRIE_ROOT, type NodeSource, Trie } from "./trie.js";
import { decodeNode, type TrieNode } from "./trieNode.js";

/** An account as the state trie holds it. Never changed in place. */
export interface AccountRecord {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly storageRoot: Uint8Array;
  readonly codeHash: Uint8Array;
}

/** keccak of no code. */
export const EMPTY_CODE_HASH = keccak256(EMPTY_BYTES);

/** Trie value of an account. */
export function encodeAccount(account: AccountRecord): Uint8Array {
  return encodeRlp([
    integerToBytes(account.nonce),
    integerToBytes(account.balance),
    account.storageRoot,
    account.codeHash,
  ]);
}

/** An account from its trie value. Errors: ENGINE_BAD_ENCODING. */
export function decodeAccount(rlp: Uint8Array): AccountRecord {
  const [nonce, balance, storageRoot, codeHash] = asList(decodeRlp(rlp));
  return {
    nonce: asInteger(nonce),
    balance: asInteger(balance),
    storageRoot: asBytes(storageRoot, 32),
    codeHash: asBytes(codeHash, 32),
  };
}

/** A branch takes about 2 kB in memory. */
const MAX_NODES = 36_000;
/** Nodes of older states that are kept besides, because a block may be built on the same parent again. */
const MAX_RETIRED_NODES = 4_000;
const MAX_CODES = 1_000;
const MAX_HASHED_KEYS = 50_000;

const NO_CODE_KEY = byteKey(EMPTY_CODE_HASH);

/**
 * Reads states of any block from the store, with caches of trie nodes, hashed keys and codes. Nothing is ever pruned. The state that
 * `flat` stands on is read there, all others from their tries; the answers are the same.
 */
export class StateStore implements NodeSource {
  readonly #store: KeyValueStore;
  readonly #flat: FlatState | undefined;
  readonly #nodes = new Lru<string, TrieNode>(MAX_NODES);
  readonly #retired = new Lru<string, TrieNode>(MAX_RETIRED_NODES);
  readonly #codes = new Lru<string, Uint8Array>(MAX_CODES);
  readonly #hashedKeys = new Lru<string, Uint8Array>(MAX_HASHED_KEYS);

  constructor(store: KeyValueStore, flat?: FlatState) {
    this.#store = store;
    this.#flat = flat;
  }

  loadNode(hash: Uint8Array): TrieNode {
    const key = byteKey(hash);
    const cached = this.#nodes.get(key);
    if (cached) return cached;
    const node = this.#retired.get(key) ?? this.#readNode(hash);
    this.#nodes.set(key, node);
    return node;
  }

  #readNode(hash: Uint8Array): TrieNode {
    const rlp = this.#store.get(chainKeys.trieNode(hash));
    if (!rlp) throw new EngineError("ENGINE_STATE_MISSING", { node: toHex(hash) });
    return decodeNode(hash, rlp);
  }

  /**
   * Makes room of nodes that the newest states do not have any more: otherwise they would push out those that they have, which
   * each block needs.
   */
  retireNodes(hashes: readonly Uint8Array[]): void {
    for (const hash of hashes) {
      const key = byteKey(hash);
      const node = this.#nodes.get(key);
      if (!node) continue;
      this.#nodes.delete(key);
      this.#retired.set(key, node);
    }
  }

  /** Keeps a node in memory that is about to be stored. */
  rememberNode(hash: Uint8Array, node: TrieNode): void {
    this.#nodes.set(byteKey(hash), node);
  }

  /** True if the state of a block is there. */
  hasState(root: Uint8Array): boolean {
    return byteKey(root) === byteKey(EMPTY_TRIE_ROOT) || this.#store.has(chainKeys.trieNode(root));
  }

  openTrie(root: Uint8Array): Trie {
    return new Trie(this, root);
  }

  /** Keccak of an address or slot, remembered. */
  hashKey(key: Uint8Array): Uint8Array {
    const name = byteKey(key);
    let hash = this.#hashedKeys.get(name);
    if (!hash) {
      hash = keccak256(key);
      this.#hashedKeys.set(name, hash);
    }
    return hash;
  }

  /** An account of the state with this root; `trie` is that state's, and is opened if it is not given. */
  accountAt(
    root: Uint8Array,
    address: Uint8Array,
    trie: Trie = this.openTrie(root),
  ): AccountRecord | undefined {
    if (!this.#flat?.isAt(root)) return this.getAccount(trie, address);
    const rlp = this.#flat.account(this.hashKey(address));
    return rlp && decodeAccount(rlp);
  }

  /**
   * Value of a slot at the state with this root, without leading zeros; empty if unset. `storage` is the trie of the account's storage
   * in that state.
   */
  slotAt(root: Uint8Array, address: Uint8Array, slot: Uint8Array, storage: Trie): Uint8Array {
    if (!this.#flat?.isAt(root)) return this.getSlot(storage, slot);
    if (storage.isEmpty) return EMPTY_BYTES;
    const rlp = this.#flat.slot(this.hashKey(address), this.hashKey(slot));
    return rlp ? asBytes(decodeRlp(rlp)) : EMPTY_BYTES;
  }

  /** An account of an open trie. */
  getAccount(trie: Trie, address: Uint8Array): AccountRecord | undefined {
    const rlp = trie.get(this.hashKey(address));
    return rlp && decodeAccount(rlp);
  }

  /** Value of a slot of an open trie, without leading zeros; empty if unset. */
  getSlot(storageTrie: Trie, slot: Uint8Array): Uint8Array {
    const rlp = storageTrie.get(this.hashKey(slot));
    return rlp ? asBytes(decodeRlp(rlp)) : EMPTY_BYTES;
  }

  getCode(codeHash: Uint8Array): Uint8Array {
    const key = byteKey(codeHash);
    if (key === NO_CODE_KEY) return EMPTY_BYTES;
    const cached = this.#codes.get(key);
    if (cached) return cached;
    const code = this.#store.get(chainKeys.code(codeHash));
    if (!code) throw new EngineError("ENGINE_STATE_MISSING", { code: toHex(codeHash) });
    this.#codes.set(key, code);
    return code;
  }

  /** Bytes by their keccak: a trie node, or the code of a contract. */
  getByHash(hash: Uint8Array): Uint8Array | undefined {
    return this.#store.get(chainKeys.trieNode(hash)) ?? this.#store.get(chainKeys.code(hash));
  }
}

/** What a block adds to the state on disk: trie nodes and codes. */
export interface StateChange {
  root: Uint8Array;
  operations: StoreOperation[];
  /** What changes in the flat state; undefined where storage was dropped whose slots nobody has listed. */
  records: StoreOperation[] | undefined;
}
