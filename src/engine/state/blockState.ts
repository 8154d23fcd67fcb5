import type { StateManagerInterface } from "@ethereumjs/common";
import { Account, type Address } from "@ethereumjs/util";
import type { StoreOperation } from "../../storage/types.js";
import { type Address as AddressHex, EMPTY_BYTES, fromHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { chainKeys } from "../chain/chainKeys.js";
import { EngineError } from "../errors.js";
import { byteKey } from "./byteKey.js";
import { encodeRlp } from "./rlp.js";
import {
  type AccountRecord,
  EMPTY_CODE_HASH,
  encodeAccount,
  type StateChange,
  type StateStore,
} from "./stateStore.js";
import { EMPTY_TRIE_ROOT, Trie } from "./trie.js";
import type { TrieNode } from "./trieNode.js";

const EMPTY_ACCOUNT: AccountRecord = {
  nonce: 0n,
  balance: 0n,
  storageRoot: EMPTY_TRIE_ROOT,
  codeHash: EMPTY_CODE_HASH,
};

/** For what @ethereumjs/evm never asks while it executes. */
function unsupported(method: string): never {
  throw new EngineError("ENGINE_UNSUPPORTED", { method });
}

function trimZeros(value: Uint8Array): Uint8Array {
  let start = 0;
  while (start < value.length && value[start] === 0) start++;
  return start === 0 ? value : value.subarray(start);
}

/** Storage of one account as changed here. `base` is where unchanged slots are read; undefined: nowhere. */
interface StorageLayer {
  base: Trie | undefined;
  values: Map<string, Uint8Array>;
  dirty: Set<string>;
}

/**
 * The state while a block (or a call) runs: flat maps over the state of its parent, with an undo log for checkpoints.
 * Nothing reaches the trie before `seal`, and nothing the disk at all: what is to be stored is returned.
 */
export class BlockState implements StateManagerInterface {
  readonly #store: StateStore;
  /** Of the state that `#trie` was opened on or committed to last. */
  #root: Uint8Array;
  #trie: Trie;
  readonly #accounts = new Map<AddressHex, AccountRecord | null>();
  readonly #dirty = new Set<AddressHex>();
  #storages = new Map<AddressHex, StorageLayer>();
  readonly #codes = new Map<string, Uint8Array>();
  /** How to take back each change since the oldest open checkpoint. */
  readonly #undo: (() => void)[] = [];
  readonly #marks: number[] = [];
  /** Values at the start of the transaction, of slots written since. */
  readonly #originals = new Map<AddressHex, Map<string, Uint8Array>>();
  /** What `intermediateRoot` made: it is not in the store yet, and reads come through here. */
  readonly #unstored = new Map<string, TrieNode>();
  readonly #earlier: StoreOperation[] = [];
  /** What has changed in the flat state since the block began; undefined once that is not known. */
  #records: StoreOperation[] | undefined = [];

  readonly originalStorageCache = {
    get: async (address: Address, slot: Uint8Array): Promise<Uint8Array> => {
      return this.readOriginal(address.toString() as AddressHex, slot);
    },
    clear: (): void => this.#originals.clear(),
  };

  constructor(store: StateStore, root: Uint8Array) {
    this.#store = store;
    this.#root = root;
    this.#trie = store.openTrie(root);
  }

  readAccount(address: AddressHex): AccountRecord | undefined {
    let account = this.#accounts.get(address);
    if (account === undefined) {
      account = this.#store.accountAt(this.#root, fromHex(address), this.#trie) ?? null;
      this.#accounts.set(address, account);
    }
    return account ?? undefined;
  }

  /** Sets fields of an account, which comes into being if it is not there. */
  writeAccount(address: AddressHex, fields: Partial<AccountRecord>): void {
    this.#setAccount(address, { ...(this.readAccount(address) ?? EMPTY_ACCOUNT), ...fields });
  }

  addBalance(address: AddressHex, amountWei: bigint): void {
    const account = this.readAccount(address) ?? EMPTY_ACCOUNT;
    this.#setAccount(address, { ...account, balance: account.balance + amountWei });
  }

  readCode(address: AddressHex): Uint8Array {
    const account = this.readAccount(address);
    if (!account) return EMPTY_BYTES;
    return this.#codes.get(byteKey(account.codeHash)) ?? this.#store.getCode(account.codeHash);
  }

  writeCode(address: AddressHex, code: Uint8Array): void {
    const codeHash = code.length === 0 ? EMPTY_CODE_HASH : keccak256(code);
    // Codes are found by hash, so one that is taken back does no harm here.
    if (code.length > 0) this.#codes.set(byteKey(codeHash), code);
    this.writeAccount(address, { codeHash });
  }

  /** Value without leading zeros. */
  readStorage(address: AddressHex, slot: Uint8Array): Uint8Array {
    const layer = this.#storageOf(address);
    const key = byteKey(slot);
    let value = layer.values.get(key);
    if (value === undefined) {
      value = layer.base
        ? this.#store.slotAt(this.#root, fromHex(address), slot, layer.base)
        : EMPTY_BYTES;
      layer.values.set(key, value);
    }
    return value;
  }

  /** What a slot held when the transaction began. */
  readOriginal(address: AddressHex, slot: Uint8Array): Uint8Array {
    return this.#originals.get(address)?.get(byteKey(slot)) ?? this.readStorage(address, slot);
  }

  writeStorage(address: AddressHex, slot: Uint8Array, value: Uint8Array): void {
    const layer = this.#storageOf(address);
    const key = byteKey(slot);
    const before = this.readStorage(address, slot);
    const originals = this.#originals.get(address);
    if (!originals) this.#originals.set(address, new Map([[key, before]]));
    else if (!originals.has(key)) originals.set(key, before);
    layer.values.set(key, trimZeros(value));
    layer.dirty.add(key);
    this.#undo.push(() => layer.values.set(key, before));
  }

  /** Forgets all storage of an account, also what lies below. */
  wipeStorage(address: AddressHex): void {
    const before = this.#storageOf(address);
    this.#storages.set(address, { base: undefined, values: new Map(), dirty: new Set() });
    this.#dirty.add(address);
    this.#undo.push(() => this.#storages.set(address, before));
  }

  removeAccount(address: AddressHex): void {
    this.wipeStorage(address);
    this.#setAccount(address, null);
  }

  #setAccount(address: AddressHex, account: AccountRecord | null): void {
    const before = this.#accounts.get(address);
    this.#accounts.set(address, account);
    this.#dirty.add(address);
    this.#undo.push(() => {
      if (before === undefined) this.#accounts.delete(address);
      else this.#accounts.set(address, before);
    });
  }

  #storageOf(address: AddressHex): StorageLayer {
    let layer = this.#storages.get(address);
    if (!layer) {
      const account = this.#store.accountAt(this.#root, fromHex(address), this.#trie);
      const base = account && this.#openTrie(account.storageRoot);
      layer = { base, values: new Map(), dirty: new Set() };
      this.#storages.set(address, layer);
    }
    return layer;
  }

  /** A point to return to with `rollback`. */
  mark(): number {
    return this.#undo.length;
  }

  rollback(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
    while (this.#marks.length > 0 && (this.#marks.at(-1) as number) > mark) this.#marks.pop();
  }

  /** Ends a transaction: its changes can no longer be taken back. */
  settle(): void {
    this.#undo.length = 0;
    this.#marks.length = 0;
    this.#originals.clear();
  }

  /** Root of one account's storage with the changes made so far. Only right after `seal`. */
  storageRoot(address: AddressHex): Uint8Array {
    return this.readAccount(address)?.storageRoot ?? EMPTY_TRIE_ROOT;
  }

  /**
   * Root of the state between two transactions, which receipts before Byzantium hold. Costs the hashing of what changed since
   * the last root; what must be stored for it comes with `seal`.
   */
  intermediateRoot(): Uint8Array {
    const { root, operations } = this.#commit((hash, node) =>
      this.#unstored.set(byteKey(hash), node),
    );
    this.#earlier.push(...operations);
    this.#trie = this.#openTrie(root);
    return root;
  }

  #openTrie(root: Uint8Array): Trie {
    if (this.#unstored.size === 0) return this.#store.openTrie(root);
    const loadNode = (hash: Uint8Array): TrieNode =>
      this.#unstored.get(byteKey(hash)) ?? this.#store.loadNode(hash);
    return new Trie({ loadNode }, root);
  }

  /** Brings all changes into the tries. Returns the root and what must be stored for it; the state then stands on that root. */
  seal(): StateChange {
    const { root, operations } = this.#commit(() => {});
    const records = this.#records;
    this.#records = [];
    return { root, operations: [...this.#earlier.splice(0), ...operations], records };
  }

  #commit(remember: (hash: Uint8Array, node: TrieNode) => void): Omit<StateChange, "records"> {
    this.settle();
    const operations: StoreOperation[] = [];
    const sink = (
      hash: Uint8Array,
      rlp: Uint8Array,
      node: Parameters<StateStore["rememberNode"]>[1],
    ) => {
      operations.push({ type: "put", key: chainKeys.trieNode(hash), value: rlp });
      this.#store.rememberNode(hash, node);
      remember(hash, node);
    };
    for (const [address, layer] of this.#storages) {
      if (layer.dirty.size > 0) this.#dirty.add(address);
    }
    // Deletions come last: a branch that would lose all children but one, and gets another, must not be folded in between, because
    // the child that stays is not part of a witness.
    const deleted: Uint8Array[] = [];
    for (const address of this.#dirty) {
      const account = this.#accounts.get(address) ?? this.readAccount(address);
      const key = this.#store.hashKey(fromHex(address));
      if (!account) {
        deleted.push(key);
        this.#noteDropped(address);
        this.#records?.push({ type: "del", key: chainKeys.flatAccount(key) });
        continue;
      }
      const storageRoot = this.#sealStorage(address, sink);
      const record = { ...account, storageRoot };
      const value = encodeAccount(record);
      this.#accounts.set(address, record);
      this.#trie.put(key, value);
      this.#records?.push({ type: "put", key: chainKeys.flatAccount(key), value });
      const code = this.#codes.get(byteKey(record.codeHash));
      if (code) operations.push({ type: "put", key: chainKeys.code(record.codeHash), value: code });
    }
    for (const key of deleted) this.#trie.del(key);
    this.#store.retireNodes(this.#trie.takeReplaced());
    const root = this.#trie.commit(sink);
    this.#dirty.clear();
    this.#storages = new Map();
    this.#root = root;
    return { root, operations };
  }

  #sealStorage(address: AddressHex, sink: Parameters<Trie["commit"]>[0]): Uint8Array {
    const layer = this.#storageOf(address);
    if (!layer.base) this.#noteDropped(address);
    const trie = layer.base ?? this.#store.openTrie(EMPTY_TRIE_ROOT);
    const account = this.#store.hashKey(fromHex(address));
    const deleted: Uint8Array[] = [];
    for (const name of layer.dirty) {
      const slot = layer.values.get(name) as Uint8Array;
      const hashed = this.#store.hashKey(Buffer.from(name, "latin1"));
      const key = chainKeys.flatSlot(account, hashed);
      if (slot.length === 0) {
        deleted.push(hashed);
        this.#records?.push({ type: "del", key });
      } else {
        const value = encodeRlp(slot);
        trie.put(hashed, value);
        this.#records?.push({ type: "put", key, value });
      }
    }
    for (const hashed of deleted) trie.del(hashed);
    this.#store.retireNodes(trie.takeReplaced());
    return trie.commit(sink);
  }

  /** Nobody has listed the slots of storage that is dropped as a whole. */
  #noteDropped(address: AddressHex): void {
    const before = this.#store.accountAt(this.#root, fromHex(address), this.#trie);
    if (before && !this.#openTrie(before.storageRoot).isEmpty) this.#records = undefined;
  }

  // The rest is the shape that @ethereumjs/evm expects.

  async getAccount(address: Address): Promise<Account | undefined> {
    const hex = address.toString() as AddressHex;
    return this.readAccount(hex) && this.libraryAccount(hex);
  }

  /** An account as the library has it; one that is not there has nothing. */
  libraryAccount(address: AddressHex): Account {
    const { nonce, balance, storageRoot, codeHash } = this.readAccount(address) ?? EMPTY_ACCOUNT;
    return new Account(nonce, balance, storageRoot, codeHash);
  }

  async putAccount(address: Address, account?: Account): Promise<void> {
    if (!account) return this.deleteAccount(address);
    const { nonce, balance, storageRoot, codeHash } = account;
    this.#setAccount(address.toString() as AddressHex, { nonce, balance, storageRoot, codeHash });
  }

  async deleteAccount(address: Address): Promise<void> {
    this.removeAccount(address.toString() as AddressHex);
  }

  async modifyAccountFields(address: Address, fields: Partial<AccountRecord>): Promise<void> {
    this.writeAccount(address.toString() as AddressHex, fields);
  }

  async putCode(address: Address, code: Uint8Array): Promise<void> {
    this.writeCode(address.toString() as AddressHex, code);
  }

  async getCode(address: Address): Promise<Uint8Array> {
    return this.readCode(address.toString() as AddressHex);
  }

  async getCodeSize(address: Address): Promise<number> {
    return this.readCode(address.toString() as AddressHex).length;
  }

  async getStorage(address: Address, slot: Uint8Array): Promise<Uint8Array> {
    return this.readStorage(address.toString() as AddressHex, slot);
  }

  async putStorage(address: Address, slot: Uint8Array, value: Uint8Array): Promise<void> {
    this.writeStorage(address.toString() as AddressHex, slot, value);
  }

  async clearStorage(address: Address): Promise<void> {
    this.wipeStorage(address.toString() as AddressHex);
  }

  async checkpoint(): Promise<void> {
    this.#marks.push(this.#undo.length);
  }

  async commit(): Promise<void> {
    this.#marks.pop();
  }

  async revert(): Promise<void> {
    const mark = this.#marks.pop();
    if (mark !== undefined) while (this.#undo.length > mark) this.#undo.pop()?.();
  }

  async getStateRoot(): Promise<Uint8Array> {
    return unsupported("getStateRoot");
  }

  async setStateRoot(): Promise<void> {
    return unsupported("setStateRoot");
  }

  async hasStateRoot(root: Uint8Array): Promise<boolean> {
    return this.#store.hasState(root);
  }

  clearCaches(): void {}

  shallowCopy(): StateManagerInterface {
    return unsupported("shallowCopy");
  }
}
