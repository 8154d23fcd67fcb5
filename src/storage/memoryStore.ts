import { EMPTY_BYTES } from "../util/hex.js";
import { compareBytes } from "./compareBytes.js";
import { StorageError } from "./errors.js";
import type { KeyValueStore, StoreOperation, StoreRange } from "./types.js";

type Entry = [key: Uint8Array, value: Uint8Array];

const keyOf = (key: Uint8Array): string => Buffer.from(key).toString("latin1");

/**
 * A store that forgets everything with the process, for tests and for pure computations such as the genesis root.
 * `iterate` sorts a snapshot of all keys, so it is not meant for large contents.
 */
export class MemoryStore implements KeyValueStore {
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: Uint8Array): boolean {
    this.#assertOpen();
    return this.#entries.has(keyOf(key));
  }

  async batch(operations: StoreOperation[]): Promise<void> {
    this.#assertOpen();
    for (const operation of operations) {
      if (operation.type === "put") {
        this.#entries.set(keyOf(operation.key), [operation.key.slice(), operation.value.slice()]);
      } else {
        this.#entries.delete(keyOf(operation.key));
      }
    }
  }

  async *iterate(range: StoreRange): AsyncIterable<Entry> {
    this.#assertOpen();
    const { gte, lt, limit = Number.POSITIVE_INFINITY } = range;
    const found = [...this.#entries.values()]
      .filter(
        ([key]) => !(gte && compareBytes(key, gte) < 0) && !(lt && compareBytes(key, lt) >= 0),
      )
      .sort(([a], [b]) => compareBytes(a, b));
    if (range.reverse) found.reverse();
    for (const [index, entry] of found.entries()) {
      if (index >= limit) return;
      yield range.keysOnly ? [entry[0], EMPTY_BYTES] : entry;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StorageError("STORE_CLOSED");
  }
}
