import { ClassicLevel } from "classic-level";
import { EMPTY_BYTES } from "../util/hex.js";
import { StorageError } from "./errors.js";
import type { KeyValueStore, StoreOperation, StoreRange } from "./types.js";

type Database = ClassicLevel<Uint8Array, Uint8Array>;

/** Entries read at once, when the reader has not said how many it takes, and at most. */
const FIRST_CHUNK = 16;
const MAX_CHUNK = 256;
const ENCODINGS = { keyEncoding: "view", valueEncoding: "view" } as const;

/** Codes and texts of an error and everything that caused it. */
function describe(error: unknown): string {
  const parts: string[] = [];
  let current = error as { code?: unknown; message?: unknown; cause?: unknown } | undefined;
  for (let depth = 0; current && depth < 5; depth++) {
    parts.push(String(current.code ?? ""), String(current.message ?? ""));
    current = current.cause as typeof current;
  }
  return parts.join(" ");
}

function translate(error: unknown, location: string): Error {
  const text = describe(error);
  const data = { location };
  if (/LEVEL_LOCKED/.test(text)) return new StorageError("STORE_LOCKED", data, error);
  if (/No space left|ENOSPC|File too large|EFBIG/i.test(text)) {
    return new StorageError("STORE_FULL", data, error);
  }
  if (/LEVEL_CORRUPTION|corrupt/i.test(text)) return new StorageError("STORE_CORRUPT", data, error);
  if (/NOT_OPEN/.test(text)) return new StorageError("STORE_CLOSED", data, error);
  return new StorageError("STORE_FAILED", data, error);
}

/** The store on disk: LevelDB. One process at a time; a synced batch survives a power cut. */
export class LevelStore implements KeyValueStore {
  readonly #database: Database;
  readonly #location: string;
  /** LevelDB refuses writes after a failed one until it is opened again. */
  #writeFailed = false;
  #closed = false;

  private constructor(database: Database, location: string) {
    this.#database = database;
    this.#location = location;
  }

  /** Opens or creates the database in a directory. Errors: STORE_LOCKED, STORE_CORRUPT, STORE_FULL, STORE_FAILED. */
  static async open(location: string, options: { cacheBytes?: number } = {}): Promise<LevelStore> {
    const database: Database = new ClassicLevel(location, {
      ...ENCODINGS,
      cacheSize: options.cacheBytes ?? 64 * 2 ** 20,
      writeBufferSize: 16 * 2 ** 20,
    });
    try {
      await database.open();
    } catch (error) {
      throw translate(error, location);
    }
    return new LevelStore(database, location);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.#database.getSync(key, ENCODINGS);
    } catch (error) {
      throw translate(error, this.#location);
    }
  }

  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined;
  }

  async batch(operations: StoreOperation[], options: { sync?: boolean } = {}): Promise<void> {
    try {
      if (this.#writeFailed && !this.#closed) await this.#reopen();
      await this.#database.batch(operations, { ...ENCODINGS, sync: options.sync ?? false });
    } catch (error) {
      const translated = translate(error, this.#location);
      this.#writeFailed = !this.#closed;
      throw translated;
    }
  }

  async *iterate(range: StoreRange): AsyncIterable<[Uint8Array, Uint8Array]> {
    const { limit = -1, expected = limit, keysOnly = false } = range;
    const options = {
      ...ENCODINGS,
      ...(range.gte ? { gte: range.gte } : {}),
      ...(range.lt ? { lt: range.lt } : {}),
      reverse: range.reverse ?? false,
      limit,
      values: !keysOnly,
    };
    let count = expected > 0 ? Math.min(expected, MAX_CHUNK) : FIRST_CHUNK;
    try {
      const iterator = this.#database.iterator(options);
      try {
        // Each chunk is a trip to another thread, so one entry at a time would be slow.
        for (;;) {
          const entries = await iterator.nextv(count);
          if (entries.length === 0) return;
          for (const [key, value] of entries) yield [key, keysOnly ? EMPTY_BYTES : value];
          count = MAX_CHUNK;
        }
      } finally {
        await iterator.close();
      }
    } catch (error) {
      throw translate(error, this.#location);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#database.close();
  }

  async #reopen(): Promise<void> {
    await this.#database.close();
    await this.#database.open();
    this.#writeFailed = false;
  }
}
