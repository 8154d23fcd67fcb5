import type { Address, Hash, Hex } from "../../util/hex.js";
import { fromHex } from "../../util/hex.js";
import { invalidParams } from "../errors.js";

/** `0x` and 64 digits: nothing longer is ever handed to BigInt. */
const MAX_QUANTITY_CHARS = 66;

/**
 * QUANTITY: `0x`, no leading zeros, at least one digit.
 * Errors: RPC_INVALID_PARAMS, also above `maxBits` bits.
 */
export function parseQuantity(value: unknown, maxBits = 256): bigint {
  const text = prefixed(value);
  if (text.length === 2) throw invalidParams('hex string "0x"');
  if (text.length > MAX_QUANTITY_CHARS) throw invalidParams(`hex number > ${maxBits} bits`);
  if (text.length > 3 && text[2] === "0")
    throw invalidParams("hex number with leading zero digits");
  assertDigits(text);
  const number = BigInt(text);
  if (number >> BigInt(maxBits) !== 0n) throw invalidParams(`hex number > ${maxBits} bits`);
  return number;
}

/** QUANTITY of at most 64 bits. */
export function parseUint64(value: unknown): bigint {
  return parseQuantity(value, 64);
}

/** QUANTITY that must be a safe small number, for counts and indexes. */
export function parseIndex(value: unknown): number {
  const number = parseQuantity(value, 64);
  // Beyond any list we hold; Infinity keeps "no such element" without losing precision.
  return number > 0xffff_ffffn ? Number.POSITIVE_INFINITY : Number(number);
}

/** DATA: `0x` and whole bytes, `bytes` of them when given. Returns lower case. */
export function parseHexData(value: unknown, bytes?: number): Hex {
  const text = prefixed(value);
  if (bytes !== undefined && text.length !== 2 + 2 * bytes) {
    throw invalidParams(`hex string has length ${text.length - 2}, want ${2 * bytes}`);
  }
  if (text.length % 2 !== 0) throw invalidParams("hex string of odd length");
  assertDigits(text);
  return text.toLowerCase() as Hex;
}

/** DATA as bytes. */
export function parseBytes(value: unknown): Uint8Array {
  return fromHex(parseHexData(value));
}

/** 20 bytes, any case; returns lower case. */
export function parseAddress(value: unknown): Address {
  return parseHexData(value, 20);
}

/** 32 bytes; returns lower case. */
export function parseHash(value: unknown): Hash {
  return parseHexData(value, 32);
}

/**
 * A storage slot as tools send it: up to 32 bytes, leading zeros allowed or missing, odd length allowed.
 * Returns the 32-byte slot.
 */
export function parseSlot(value: unknown): Hash {
  const text = prefixed(value);
  if (text.length === 2) throw invalidParams("hex string is empty");
  if (text.length > 66) {
    throw invalidParams(`hex string has length ${text.length - 2}, want at most 64`);
  }
  assertDigits(text);
  return `0x${text.slice(2).toLowerCase().padStart(64, "0")}`;
}

function prefixed(value: unknown): string {
  if (typeof value !== "string") throw invalidParams("hex string expected");
  if (value.length === 0) throw invalidParams("empty hex string");
  if (!value.startsWith("0x")) throw invalidParams("hex string without 0x prefix");
  return value;
}

function assertDigits(text: string): void {
  if (!/^0x[0-9a-fA-F]*$/.test(text)) throw invalidParams("invalid hex string");
}

/** Id of a filter or a subscription as we give them out; anything else in hex is simply unknown. */
export function parseHexId(value: unknown): Hex {
  const text = prefixed(value);
  if (text.length > MAX_QUANTITY_CHARS) throw invalidParams("id too long");
  assertDigits(text);
  return text.toLowerCase() as Hex;
}
