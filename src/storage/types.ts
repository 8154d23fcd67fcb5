/** One change of an atomic batch. */
export type StoreOperation =
  | { type: "put"; key: Uint8Array; value: Uint8Array }
  | { type: "del"; key: Uint8Array };

/** Half-open key range, ascending unless `reverse`. */
export interface StoreRange {
  gte?: Uint8Array;
  lt?: Uint8Array;
  reverse?: boolean;
  limit?: number;
  /** Values come empty: they are not read at all. */
  keysOnly?: boolean;
  /** How many entries the reader will take, as far as it knows: they are read at once. */
  expected?: number;
}

/**
 * An ordered byte map that survives the process (disk) or does not (memory, tests). Both pass one conformance suite.
 * Errors: STORE_LOCKED (another process has it open), STORE_FULL, STORE_CORRUPT, STORE_CLOSED.
 */
export interface KeyValueStore {
  /** The caller must not change the returned bytes. */
  get(key: Uint8Array): Uint8Array | undefined;
  has(key: Uint8Array): boolean;
  /** All or nothing. `sync`: on disk when it resolves. */
  batch(operations: StoreOperation[], options?: { sync?: boolean }): Promise<void>;
  iterate(range: StoreRange): AsyncIterable<[key: Uint8Array, value: Uint8Array]>;
  close(): Promise<void>;
}
