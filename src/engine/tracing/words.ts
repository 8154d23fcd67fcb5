import { type Hex, toHex } from "../../util/hex.js";

/** A number as JSON-RPC writes quantities. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}

/** A number as 32 bytes in hex. */
export function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

/** A number as 32 bytes. */
export function wordBytes(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}

/** The address in the lower 20 bytes of a stack item. */
export function addressOf(value: bigint): Hex {
  return `0x${BigInt.asUintN(160, value).toString(16).padStart(40, "0")}`;
}

/** Value of a slot, stored without leading zeros, as 32 bytes in hex. */
export function slotWord(value: Uint8Array): Hex {
  return `0x${toHex(value).slice(2).padStart(64, "0")}`;
}

const MAX_PADDING = 1_048_576n;

/** Part of a memory, with zeros behind its end. Undefined: more zeros than anybody could pay for. */
export function memoryPart(
  memory: Uint8Array,
  offset: bigint,
  size: bigint,
): Uint8Array | undefined {
  if (size === 0n) return new Uint8Array(0);
  if (offset + size - BigInt(memory.length) > MAX_PADDING) return undefined;
  const part = new Uint8Array(Number(size));
  if (offset < BigInt(memory.length)) {
    part.set(memory.subarray(Number(offset), Number(offset + size)));
  }
  return part;
}
