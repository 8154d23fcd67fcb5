import { type Hex, toHex } from "../util/hex.js";
import { ProtocolError } from "./errors.js";

/**
 * Reads a packed big-endian layout from start to end.
 * Errors: PROTOCOL_BAD_LENGTH when fewer bytes are left than asked for.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Integer of at most 6 bytes. */
  uint(size: number): number {
    const start = this.#take(size);
    let value = 0;
    for (let i = start; i < start + size; i++) value = value * 256 + (this.#bytes[i] as number);
    return value;
  }

  bigUint(size: number): bigint {
    return BigInt(this.hex(size));
  }

  hex(size: number): Hex {
    return toHex(this.bytes(size));
  }

  /** A view, not a copy. */
  bytes(size: number): Uint8Array {
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  #take(size: number): number {
    const start = this.#offset;
    if (start + size > this.#bytes.length) {
      throw new ProtocolError("PROTOCOL_BAD_LENGTH", {
        expected: start + size,
        actual: this.#bytes.length,
      });
    }
    this.#offset += size;
    return start;
  }
}

/** Throws PROTOCOL_BAD_LENGTH unless `bytes` has exactly `expected` bytes. */
export function assertLength(bytes: Uint8Array, expected: number): void {
  if (bytes.length !== expected) {
    throw new ProtocolError("PROTOCOL_BAD_LENGTH", { expected, actual: bytes.length });
  }
}
