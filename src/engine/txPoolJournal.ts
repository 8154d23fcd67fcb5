import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { PoolError } from "./txPoolErrors.js";

/** `u32 length | u32 crc32 | bytes` for each transaction. */
const RECORD_HEADER_BYTES = 8;
const MAGIC = new TextEncoder().encode("FOVEATX1");
const MIN_COMPACTION_BYTES = 4_194_304;
const COMPACTION_FACTOR = 4;

interface Waiting {
  record: Uint8Array;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Append-only file of transactions. `append` resolves when the bytes are on disk; calls that come while a write is
 * under way share the next one, so that the disk sets the pace and not the number of callers.
 */
export class TxPoolJournal {
  readonly #path: string;
  readonly #live: () => Iterable<Uint8Array>;
  #file: FileHandle;
  #size: number;
  #waiting: Waiting[] = [];
  #writer: Promise<void> | undefined;
  #broken: unknown;
  #compactAt: number;

  private constructor(
    path: string,
    file: FileHandle,
    size: number,
    live: () => Iterable<Uint8Array>,
  ) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#live = live;
    this.#compactAt = Math.max(MIN_COMPACTION_BYTES, size * 2);
  }

  /**
   * Opens or creates the file and returns what it holds. A record that was cut short by a crash was never
   * acknowledged; it and everything after it is cut off.
   * `live` names what a compaction keeps.
   */
  static async open(
    path: string,
    live: () => Iterable<Uint8Array>,
  ): Promise<{ journal: TxPoolJournal; transactions: Uint8Array[] }> {
    await mkdir(dirname(path), { recursive: true });
    const bytes = await readOrEmpty(path);
    const { transactions, end } = parseRecords(bytes);
    if (end === 0) await writeFresh(path, []);
    const file = await open(path, "r+", 0o600);
    const size = end === 0 ? MAGIC.length : end;
    if (size < bytes.length) {
      await file.truncate(size);
      await file.datasync();
    }
    return { journal: new TxPoolJournal(path, file, size, live), transactions };
  }

  /** Errors: POOL_JOURNAL_FAILED; then nothing of it stays. */
  append(transaction: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record: encodeRecord(transaction), resolve, reject });
      this.#writer ??= this.#writeAll();
    });
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    await this.#writer;
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    // One turn of the event loop, so that a whole JSON-RPC batch shares the first write too.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#writeWaiting(this.#waiting.splice(0));
      if (this.#size > this.#compactAt) await this.#compact();
    }
    // In the same turn as the last look at what waits: nobody can come in between.
    this.#writer = undefined;
  }

  async #writeWaiting(group: Waiting[]): Promise<void> {
    try {
      await this.#writeGroup(group.map(({ record }) => record));
      for (const { resolve } of group) resolve();
    } catch (cause) {
      const error = new PoolError("POOL_JOURNAL_FAILED", {}, cause);
      for (const { reject } of group) reject(error);
    }
  }

  async #writeGroup(records: Uint8Array[]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    const bytes = Buffer.concat(records);
    try {
      await writeFully(this.#file, bytes, this.#size);
    } catch (error) {
      // A full disk: the half-written records go, later ones may fit again.
      await this.#file.truncate(this.#size).catch((failure: unknown) => {
        this.#broken = failure;
      });
      throw error;
    }
    try {
      await this.#file.datasync();
    } catch (error) {
      // After a failed sync nobody knows what is on disk; a second sync may claim success wrongly.
      this.#broken = error;
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Rewrites the file with what is live; the old one stays until the new one is complete. */
  async #compact(): Promise<void> {
    let size: number;
    try {
      size = await writeFresh(this.#path, this.#live());
    } catch {
      // The old file goes on; the next try comes after more growth.
      this.#compactAt = this.#size * 2;
      return;
    }
    try {
      await this.#file.close();
      this.#file = await open(this.#path, "r+", 0o600);
      this.#size = size;
    } catch (error) {
      // The old file has no name any more: nothing may be written to it.
      this.#broken = error;
    }
    this.#compactAt = Math.max(MIN_COMPACTION_BYTES, this.#size * COMPACTION_FACTOR);
  }
}

async function readOrEmpty(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Uint8Array(0);
    throw new PoolError("POOL_JOURNAL_FAILED", { path }, error);
  }
}

function encodeRecord(transaction: Uint8Array): Uint8Array {
  const record = Buffer.alloc(RECORD_HEADER_BYTES + transaction.length);
  record.writeUInt32BE(transaction.length, 0);
  record.writeUInt32BE(crc32(transaction), 4);
  record.set(transaction, RECORD_HEADER_BYTES);
  return record;
}

/** `end`: where the last whole record ends; 0 if this is no journal. */
function parseRecords(bytes: Uint8Array): { transactions: Uint8Array[]; end: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!buffer.subarray(0, MAGIC.length).equals(MAGIC)) return { transactions: [], end: 0 };
  const transactions: Uint8Array[] = [];
  let at = MAGIC.length;
  while (at + RECORD_HEADER_BYTES <= buffer.length) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + buffer.readUInt32BE(at);
    if (end > buffer.length) break;
    const transaction = new Uint8Array(buffer.subarray(start, end));
    if (crc32(transaction) !== buffer.readUInt32BE(at + 4)) break;
    transactions.push(transaction);
    at = end;
  }
  return { transactions, end: at };
}

/** Writes a whole new journal beside the old one and puts it in its place. Returns its size. */
async function writeFresh(path: string, transactions: Iterable<Uint8Array>): Promise<number> {
  const temporary = `${path}.new`;
  const bytes = Buffer.concat([MAGIC, ...[...transactions].map(encodeRecord)]);
  const file = await open(temporary, "w", 0o600);
  try {
    await writeFully(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return bytes.length;
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
