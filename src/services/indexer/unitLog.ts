import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { fromHex, type Hex, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { decodeStored } from "../storedValue.js";
import { indexKey, putRow, TABLES } from "./indexKeys.js";

/** One piece of a source that is indexed whole: an L2 block, a record, a range of L1 blocks. */
export interface Unit<Note extends object> {
  height: bigint;
  /** What must still be true of the source at this height: a block hash, mostly. */
  tag: string;
  /** What the next unit needs of this one. */
  note: Note;
  /** Rows it adds. Keys must not be there already. */
  puts: StoreOperation[];
}

/** A unit that is in the index. */
export interface KnownUnit<Note extends object> {
  height: bigint;
  tag: string;
  note: Note;
}

interface StoredUnit<Note extends object> extends KnownUnit<Note> {
  /** Height of the unit before; null: none. */
  previous: bigint | null;
  keys: Hex[];
}

/** Units that are kept decoded. */
const KEPT = 4_096;

/**
 * The units of one source in order, each with the keys of the rows it added: what a reorg takes back is deleted by them.
 * Each write is atomic with the new tip, so a crash leaves whole units.
 */
export class UnitLog<Note extends object> {
  readonly #store: KeyValueStore;
  readonly #stream: Hex;
  readonly #kept = new Lru<bigint, StoredUnit<Note>>(KEPT);
  #tip: KnownUnit<Note> | undefined;

  constructor(store: KeyValueStore, stream: string) {
    this.#store = store;
    this.#stream = toHex(new TextEncoder().encode(`${stream}/`));
    const tip = store.get(this.#tipKey);
    const height = tip && decodeStored<{ height: bigint | null }>(tip).meta.height;
    this.#tip = typeof height === "bigint" ? this.get(height) : undefined;
  }

  get tip(): KnownUnit<Note> | undefined {
    return this.#tip;
  }

  get(height: bigint): KnownUnit<Note> | undefined {
    if (this.#tip !== undefined && height > this.#tip.height) return undefined;
    return this.#stored(height);
  }

  /** Adds units in ascending order. */
  async append(units: Unit<Note>[]): Promise<void> {
    const last = units.at(-1);
    if (!last) return;
    const operations: StoreOperation[] = [];
    let previous = this.#tip?.height ?? null;
    for (const { height, tag, note, puts } of units) {
      const keys = puts.map(({ key }) => toHex(key));
      const unit: StoredUnit<Note> = { height, tag, note, previous, keys };
      operations.push(...puts, putRow(this.#unitKey(height), unit));
      previous = height;
    }
    await this.#store.batch([...operations, this.#putTip(last.height)]);
    for (const { height } of units) this.#kept.delete(height);
    this.#tip = { height: last.height, tag: last.tag, note: last.note };
  }

  /** Takes the last unit back, and answers the keys of its rows. */
  async pop(): Promise<Uint8Array[]> {
    const unit = this.#tip && this.#stored(this.#tip.height);
    if (!unit) return [];
    const keys = unit.keys.map(fromHex);
    await this.#store.batch([
      ...[...keys, this.#unitKey(unit.height)].map((key) => ({ type: "del" as const, key })),
      this.#putTip(unit.previous),
    ]);
    this.#kept.delete(unit.height);
    this.#tip = unit.previous === null ? undefined : this.#stored(unit.previous);
    return keys;
  }

  /** The store was cleared. */
  reset(): void {
    this.#kept.clear();
    this.#tip = undefined;
  }

  #stored(height: bigint): StoredUnit<Note> | undefined {
    const kept = this.#kept.get(height);
    if (kept) return kept;
    const value = this.#store.get(this.#unitKey(height));
    const unit = value && decodeStored<StoredUnit<Note>>(value).meta;
    if (unit) this.#kept.set(height, unit);
    return unit;
  }

  #unitKey(height: bigint): Uint8Array {
    return indexKey(TABLES.unit, this.#stream, height);
  }

  get #tipKey(): Uint8Array {
    return indexKey(TABLES.tip, this.#stream);
  }

  #putTip(height: bigint | null): StoreOperation {
    return putRow(this.#tipKey, { height });
  }
}
