/** One canonical RLP item inside a buffer. Offsets are in that buffer. */
export interface RlpSpan {
  isList: boolean;
  /** Of the content, behind the header. */
  start: number;
  end: number;
}

/**
 * The item that begins at `at`, or undefined if it is not canonical or runs over `limit`. The inside of a list is not looked at.
 * Total: any bytes have an answer. Source: Ethereum Yellow Paper, appendix B
 */
export function readSpan(bytes: Uint8Array, at: number, limit: number): RlpSpan | undefined {
  if (at >= limit) return undefined;
  const first = bytes[at] as number;
  if (first < 0x80) return { isList: false, start: at, end: at + 1 };
  const isList = first >= 0xc0;
  let length = first - (isList ? 0xc0 : 0x80);
  let start = at + 1;
  if (length > 55) {
    const size = length - 55;
    if (size > 4 || start + size > limit || bytes[start] === 0) return undefined;
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + (bytes[start + i] as number);
    if (length < 56) return undefined;
    start += size;
  }
  const end = start + length;
  if (end > limit) return undefined;
  if (!isList && length === 1 && (bytes[start] as number) < 0x80) return undefined;
  return { isList, start, end };
}

/** Reads the fields of a list one after the other; after the first that does not fit, `failed` stays true. */
export class RlpCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  failed = false;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get isDone(): boolean {
    return this.at === this.end;
  }

  #next(isList: boolean): RlpSpan {
    const span = this.failed ? undefined : readSpan(this.bytes, this.at, this.end);
    if (span?.isList !== isList) {
      this.failed = true;
      return { isList, start: this.at, end: this.at };
    }
    this.at = span.end;
    return span;
  }

  string(): RlpSpan {
    return this.#next(false);
  }

  list(): RlpSpan {
    return this.#next(true);
  }

  /** A string of exactly `length` bytes. */
  fixed(length: number): RlpSpan {
    const span = this.string();
    if (span.end - span.start !== length) this.failed = true;
    return span;
  }

  /** An integer without leading zeros. */
  integer(maxBytes: number): bigint {
    const { start, end } = this.string();
    if (end - start > maxBytes || (end > start && this.bytes[start] === 0)) this.failed = true;
    return this.failed ? 0n : wordOf(this.bytes, start, end);
  }
}

/** Big-endian bytes as an integer. */
export function wordOf(bytes: Uint8Array, start: number, end: number): bigint {
  if (start === end) return 0n;
  return BigInt(
    `0x${Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("hex")}`,
  );
}
