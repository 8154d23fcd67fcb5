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
    let rest = typeof value === "bigint" ? value : toBigInt(value);
    if (rest < 0n || rest >> BigInt(size * 8) !== 0n) {
      throw new ProtocolError("PROTOCOL_BAD_VALUE", { value, size });
    }
    const start = this.#take(size);
    for (let i = start + size - 1; rest > 0n; i--) {
      this.#bytes[i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
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

function toBigInt(value: number): bigint {
  if (!Number.isSafeInteger(value)) throw new ProtocolError("PROTOCOL_BAD_VALUE", { value });
  return BigInt(value);
}
