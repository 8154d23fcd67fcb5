import { MemoryStore } from "../../storage/memoryStore.js";
import type { StoreOperation } from "../../storage/types.js";
import { EMPTY_CODE_HASH, StateStore } from "../state/stateStore.js";
import type { TrieNode } from "../state/trieNode.js";

const keyOf = (hash: Uint8Array): string =>
  Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString("latin1");

/** The states of simulated blocks: what they added is kept here, everything else is read from the chain's states. */
export class SimulatedStates extends StateStore {
  readonly #base: StateStore;
  readonly #nodes = new Map<string, TrieNode>();
  /** Nodes and codes by their hash, which is what follows the first byte of a key. */
  readonly #values = new Map<string, Uint8Array>();

  constructor(base: StateStore) {
    super(new MemoryStore());
    this.#base = base;
  }

  /** Takes what sealing a block gave. */
  keep(operations: readonly StoreOperation[]): void {
    for (const operation of operations) {
      if (operation.type === "put")
        this.#values.set(keyOf(operation.key.subarray(1)), operation.value);
    }
  }

  override loadNode(hash: Uint8Array): TrieNode {
    return this.#nodes.get(keyOf(hash)) ?? this.#base.loadNode(hash);
  }

  override rememberNode(hash: Uint8Array, node: TrieNode): void {
    this.#nodes.set(keyOf(hash), node);
  }

  override hashKey(key: Uint8Array): Uint8Array {
    return this.#base.hashKey(key);
  }

  override hasState(root: Uint8Array): boolean {
    return this.#nodes.has(keyOf(root)) || this.#base.hasState(root);
  }

  override getCode(codeHash: Uint8Array): Uint8Array {
    const key = keyOf(codeHash);
    if (key === keyOf(EMPTY_CODE_HASH)) return this.#base.getCode(codeHash);
    return this.#values.get(key) ?? this.#base.getCode(codeHash);
  }

  override getByHash(hash: Uint8Array): Uint8Array | undefined {
    return this.#values.get(keyOf(hash)) ?? this.#base.getByHash(hash);
  }
}
