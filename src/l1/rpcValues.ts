import type { Address, Hash, Hex } from "../util/hex.js";
import { L1Error } from "./errors.js";

/** A JSON object of L1. */
export type RpcObject = Readonly<Record<string, unknown>>;

/** Checks that a value is an object. Errors: L1_BAD_RESPONSE with `field`, as all functions here. */
export function parseObject(value: unknown, field: string): RpcObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as RpcObject;
  throw bad(field, value);
}

/** A list of objects. */
export function parseObjects(value: unknown, field: string): RpcObject[] {
  if (!Array.isArray(value)) throw bad(field, value);
  return value.map((item) => parseObject(item, field));
}

/** A quantity such as `0x1b`; leading zeros are tolerated. Shapes: at most 32 bytes. */
export function parseQuantity(value: unknown, field: string): bigint {
  if (typeof value === "string" && /^0x[0-9a-fA-F]{1,64}$/.test(value)) return BigInt(value);
  throw bad(field, value);
}

/** Whole bytes, in lower case. */
export function parseHex(value: unknown, field: string): Hex {
  if (typeof value === "string" && /^0x([0-9a-fA-F]{2})*$/.test(value)) {
    return value.toLowerCase() as Hex;
  }
  throw bad(field, value);
}

/** 32 bytes, in lower case. */
export function parseHash(value: unknown, field: string): Hash {
  const hex = parseHex(value, field);
  if (hex.length === 66) return hex;
  throw bad(field, value);
}

/** 20 bytes, in lower case. */
export function parseAddress(value: unknown, field: string): Address {
  const hex = parseHex(value, field);
  if (hex.length === 42) return hex;
  throw bad(field, value);
}

/** A number as L1 wants it. */
export function toQuantity(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}

function bad(field: string, value: unknown) {
  return new L1Error("L1_BAD_RESPONSE", {
    field,
    value: String(JSON.stringify(value)).slice(0, 80),
  });
}
