import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import type { Logger } from "../../telemetry/logger.js";
import { EMPTY_BYTES, toHex } from "../../util/hex.js";
import { chainKeys, PREFIX } from "../chain/chainKeys.js";
import { changeOperation, flatChanges } from "./flatChanges.js";
import { FlatState } from "./flatState.js";
import { EMPTY_TRIE_ROOT, type NodeSource } from "./trie.js";
import { decodeNode, type TrieNode } from "./trieNode.js";

/** More records than a block can change; states that are further apart are not brought together in one batch. */
const MAX_CHANGES = 20_000;
/** What a block says of its changes is compared with the tries each time after so many blocks. */
const CHECK_EVERY = 64;
/** Records written at once while all are made again, between which everything else goes on. */
const CHUNK = 200;

/** Operations that belong into the batch of a block or head, and what is to be told of that batch. */
export interface FlatMove {
  operations: StoreOperation[];
  written(): void;
  failed(): void;
}

/** A block that is about to be stored. */
export interface FlatBlock {
  /** Its new nodes. */
  stateOperations: readonly StoreOperation[];
  /** What it says that it changes; undefined: it does not know all of it. */
  stateRecords?: StoreOperation[] | undefined;
}

/** Who helps the keeper. */
export interface FlatKeeperDeps {
  store: KeyValueStore;
  /** Nodes of the states. */
  nodes: NodeSource;
  flat: FlatState;
  logger: Logger;
  /** More records are not changed in one batch. */
  maxChanges?: number;
  /** Blocks between two that are compared with the tries. */
  checkEvery?: number;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * Keeps the flat state on the newest block. A block says what it changes; wherever it does not, the chain goes over to another branch,
 * or there were no records before, the changes are found by comparing the tries of two states. Now and then a block's word is compared
 * with the tries too, and records that change must have been what the old trie says; if anything is different, all of them are given up
 * and made again from the trie.
 */
export class FlatKeeper {
  readonly #store: KeyValueStore;
  readonly #nodes: NodeSource;
  readonly #flat: FlatState;
  readonly #logger: Logger;
  readonly #maxChanges: number;
  readonly #checkEvery: number;
  #unchecked = 0;
  /** While all records are made again: root of the state that they are to be of, which moves on with the chain. */
  #wanted: Uint8Array | undefined;
  #rebuilding: Promise<void> = Promise.resolve();
  /** After a failed write nobody knows what is on disk: the mark goes with the next write that succeeds. */
  #isUncertain = false;
  #isClosed = false;

  constructor(deps: FlatKeeperDeps) {
    this.#store = deps.store;
    this.#nodes = deps.nodes;
    this.#flat = deps.flat;
    this.#logger = deps.logger;
    this.#maxChanges = deps.maxChanges ?? MAX_CHANGES;
    this.#checkEvery = deps.checkEvery ?? CHECK_EVERY;
  }

  /** A block on the state of `parentRoot` is about to be stored. Undefined: the records stay where they are. */
  extend(parentRoot: Uint8Array, root: Uint8Array, block: FlatBlock): FlatMove | undefined {
    if (this.#isUncertain) return this.#clearing();
    if (this.#wanted) return sameBytes(this.#wanted, parentRoot) ? this.#later(root) : undefined;
    return this.#flat.isAt(parentRoot) ? this.#move(root, block) : undefined;
  }

  /** A stored block is about to become the head. Undefined: the records stay where they are. */
  follow(root: Uint8Array): FlatMove | undefined {
    if (this.#isUncertain) return this.#clearing();
    return this.#wanted ? this.#later(root) : this.#move(root);
  }

  /** Makes all records from the trie of a state if there are none. Goes on in the background. */
  ensure(root: Uint8Array): void {
    if (this.#flat.root || this.#wanted || this.#isUncertain) return;
    this.#wanted = root;
    this.#rebuilding = this.#rebuild()
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#logger.error({ error }, "the flat state could not be made");
      })
      .finally(() => {
        this.#wanted = undefined;
      });
  }

  /** Resolves when nothing goes on in the background. */
  async idle(): Promise<void> {
    await this.#rebuilding;
  }

  /** Ends what goes on in the background; the next start begins it anew. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.idle();
  }

  #move(root: Uint8Array, block: FlatBlock = { stateOperations: [] }): FlatMove | undefined {
    const from = this.#flat.root;
    if (!from || sameBytes(from, root)) return undefined;
    const operations = this.#operations(from, root, block);
    this.#flat.suspend();
    const failed = (): void => {
      this.#flat.forget();
      this.#isUncertain = true;
    };
    if (operations) {
      const written = (): void => this.#flat.stand(root, operations);
      return { operations: [...operations, FlatState.mark(root)], written, failed };
    }
    const written = (): void => {
      this.#flat.forget();
      this.ensure(root);
    };
    return { operations: [FlatState.mark(undefined)], written, failed };
  }

  /** Undefined: there are too many, or something is not what it should be. */
  #operations(
    from: Uint8Array,
    to: Uint8Array,
    { stateOperations, stateRecords }: FlatBlock,
  ): StoreOperation[] | undefined {
    if (stateRecords && ++this.#unchecked < this.#checkEvery) return stateRecords;
    this.#unchecked = 0;
    const found = this.#changes(from, to, stateOperations);
    if (!found || !stateRecords || this.#areAlike(stateRecords, found)) return found;
    this.#logger.error("a block's changes of the flat state differ from those of the trie");
    return undefined;
  }

  /** True if both lead to the same records; a block may say that it sets what has been so before. */
  #areAlike(said: readonly StoreOperation[], found: readonly StoreOperation[]): boolean {
    const contentOf = (operation: StoreOperation): Uint8Array =>
      operation.type === "put" ? operation.value : EMPTY_BYTES;
    const changes = new Map(found.map((operation) => [toHex(operation.key), contentOf(operation)]));
    const last = new Map(said.map((operation) => [toHex(operation.key), operation]));
    for (const [name, operation] of last) {
      const expected = changes.get(name) ?? this.#flat.read(operation.key) ?? EMPTY_BYTES;
      if (!sameBytes(contentOf(operation), expected)) return false;
      changes.delete(name);
    }
    return changes.size === 0;
  }

  /** Undefined: there are too many, or the records are not what they should be. */
  #changes(
    from: Uint8Array,
    to: Uint8Array,
    fresh: readonly StoreOperation[],
  ): StoreOperation[] | undefined {
    const operations: StoreOperation[] = [];
    try {
      for (const change of flatChanges(this.#sourceWith(fresh), from, to)) {
        const record = this.#flat.read(change.key) ?? EMPTY_BYTES;
        if (!sameBytes(record, change.before ?? EMPTY_BYTES)) {
          this.#logger.error({ key: toHex(change.key) }, "the flat state differs from the trie");
          return undefined;
        }
        operations.push(changeOperation(change));
        if (operations.length > this.#maxChanges) return undefined;
      }
    } catch (error) {
      this.#logger.error({ error }, "the flat state could not follow the trie");
      return undefined;
    }
    return operations;
  }

  /** Nodes of the states and of a block that is not stored yet. */
  #sourceWith(fresh: readonly StoreOperation[]): NodeSource {
    let byKey: Map<string, Uint8Array> | undefined;
    const loadNode = (hash: Uint8Array): TrieNode => {
      try {
        return this.#nodes.loadNode(hash);
      } catch (error) {
        byKey ??= new Map(
          fresh.flatMap((operation): [string, Uint8Array][] =>
            operation.type === "put" ? [[toHex(operation.key), operation.value]] : [],
          ),
        );
        const rlp = byKey.get(toHex(chainKeys.trieNode(hash)));
        if (!rlp) throw error;
        return decodeNode(hash, rlp);
      }
    };
    return { loadNode };
  }

  /** The records are being made: they will go on to this state. */
  #later(root: Uint8Array): FlatMove {
    const written = (): void => {
      if (this.#wanted) this.#wanted = root;
    };
    return { operations: [], written, failed: () => {} };
  }

  /** Without a mark the next start makes all records again. */
  #clearing(): FlatMove {
    const written = (): void => {
      this.#isUncertain = false;
    };
    return { operations: [FlatState.mark(undefined)], written, failed: () => {} };
  }

  async #rebuild(): Promise<void> {
    await this.#store.batch([FlatState.mark(undefined)]);
    this.#flat.forget();
    for (const prefix of [PREFIX.flatAccount, PREFIX.flatSlot]) await this.#empty(prefix);
    // Each node is read once, so the cache of nodes would only lose those that are in use.
    const loadNode = (hash: Uint8Array): TrieNode => {
      const rlp = this.#store.get(chainKeys.trieNode(hash));
      return rlp ? decodeNode(hash, rlp) : this.#nodes.loadNode(hash);
    };
    let at = EMPTY_TRIE_ROOT;
    // The chain moves on in the meantime, so each time less is left.
    while (this.#wanted && !sameBytes(at, this.#wanted)) {
      const target = this.#wanted;
      let records: StoreOperation[] = [];
      for (const change of flatChanges({ loadNode }, at, target)) {
        records.push(changeOperation(change));
        if (records.length < CHUNK) continue;
        await this.#store.batch(records);
        if (this.#isClosed) return;
        records = [];
      }
      await this.#store.batch(records);
      at = target;
    }
    if (this.#isClosed) return;
    await this.#store.batch([FlatState.mark(at)]);
    this.#flat.stand(at, []);
  }

  async #empty(prefix: number): Promise<void> {
    const range = { gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1), keysOnly: true };
    let old: StoreOperation[] = [];
    for await (const [key] of this.#store.iterate(range)) {
      old.push({ type: "del", key });
      if (old.length < CHUNK) continue;
      await this.#store.batch(old);
      if (this.#isClosed) return;
      old = [];
    }
    await this.#store.batch(old);
  }
}
