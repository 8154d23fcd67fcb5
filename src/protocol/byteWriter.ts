import { fromHex, type Hex } from "../util/hex.js";
import { ProtocolError } from "./errors.js";

/**
 * Writes a packed big-endian layout of known size.
 * Errors: PROTOCOL_BAD_VALUE for an integer that does not fit or a hex string of another length,
 * PROTOCOL_BAD_LENGTH from `finish` when the layout is not filled, or a write runs over its end.
 */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  /** Unsigned integer of `size` bytes. */
  uint(size: number, value: number | bigint): this {
    const isSmall = value <= Number.MAX_SAFE_INTEGER && value >= 0;
    if (isSmall && !Number.isInteger(Number(value))) {
      throw new ProtocolError("PROTOCOL_BAD_VALUE", { value, size });
    }
    const start = this.#take(size);
    const rest = isSmall
      ? this.#writeNumber(start, size, Number(value))
      : this.#writeBigInt(start, size, value);
    if (rest) throw new ProtocolError("PROTOCOL_BAD_VALUE", { value, size });
    return this;
  }

  /** Hex string that must have `size` bytes. */
  hex(size: number, value: Hex): this {
    if (!/^0x[0-9a-fA-F]*$/.test(value) || value.length !== 2 + 2 * size) {
      throw new ProtocolError("PROTOCOL_BAD_VALUE", { value, size });
    }
    return this.bytes(fromHex(value));
  }

  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#take(value.length));
    return this;
  }

  /** The filled layout. */
  finish(): Uint8Array {
    if (this.#offset !== this.#bytes.length) {
      throw new ProtocolError("PROTOCOL_BAD_LENGTH", {
        expected: this.#bytes.length,
        actual: this.#offset,
      });
    }
    return this.#bytes;
  }

  /** Returns what did not fit. */
  #writeNumber(start: number, size: number, value: number): number {
    let rest = value;
    for (let i = start + size - 1; i >= start && rest > 0; i--) {
      this.#bytes[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return rest;
  }

  #writeBigInt(start: number, size: number, value: number | bigint): boolean {
    if (typeof value === "number" || value < 0n || value >> BigInt(size * 8) !== 0n) return true;
    this.#bytes.set(fromHex(`0x${value.toString(16).padStart(size * 2, "0")}`), start);
    return false;
  }

  #take(size: number): number {
    const start = this.#offset;
    if (start + size > this.#bytes.length) {
      throw new ProtocolError("PROTOCOL_BAD_LENGTH", {
        expected: this.#bytes.length,
        actual: start + size,
      });
    }
    this.#offset += size;
    return start;
  }
}
