import type { Address, Hex } from "../../util/hex.js";
import { ethereumError } from "./errors.js";

/** A JSON object whose fields nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

function bad(place: string, wanted: string): never {
  throw ethereumError("ETHEREUM_GENESIS_INVALID", `The file's ${place} is not ${wanted}.`);
}

/**
 * Parses JSON whose integers may be larger than JavaScript's: those become strings.
 * Errors: ETHEREUM_GENESIS_INVALID.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/([:[,]\s*)(\d{16,})(?=\s*[,}\]])/g, '$1"$2"'));
  } catch (cause) {
    throw ethereumError("ETHEREUM_GENESIS_INVALID", "The file is not JSON.", cause);
  }
}

/** A value as an object. Errors: ETHEREUM_GENESIS_INVALID. */
export function objectOf(value: unknown, place: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return bad(place, "an object");
  }
  return value as JsonObject;
}

/** A field as an unsigned integer, written as a number, in decimal or as hex. Errors: ETHEREUM_GENESIS_INVALID. */
export function integerOf(object: JsonObject, name: string, place = name): bigint | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  // A large number that a program wrote without an exponent comes as a string from `parseJson`; with one it is exact enough.
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return BigInt(value);
  if (typeof value !== "string" || !/^(0x[0-9a-f]*|\d+)$/i.test(value)) {
    return bad(place, "an unsigned integer");
  }
  return value.toLowerCase() === "0x" ? 0n : BigInt(value);
}

/** A field as bytes; an empty string is none. Errors: ETHEREUM_GENESIS_INVALID. */
export function hexOf(object: JsonObject, name: string, place = name): Hex | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (value === "") return "0x";
  if (typeof value !== "string" || !/^(0x)?([0-9a-f]{2})*$/i.test(value)) return bad(place, "hex");
  const digits = value.toLowerCase().replace(/^0x/, "");
  return `0x${digits}`;
}

/** A field as a value of some bytes, zeros added at the left. Errors: ETHEREUM_GENESIS_INVALID. */
export function paddedHexOf(
  object: JsonObject,
  name: string,
  bytes: number,
  place = name,
): Hex | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || !/^(0x)?[0-9a-f]*$/i.test(value)) return bad(place, "hex");
  const digits = value.toLowerCase().replace(/^0x/, "");
  if (digits.length > 2 * bytes) return bad(place, `at most ${bytes} bytes`);
  return `0x${digits.padStart(2 * bytes, "0")}`;
}

/** A field as an address. Errors: ETHEREUM_GENESIS_INVALID. */
export function addressOf(object: JsonObject, name: string, place = name): Address | undefined {
  const value = hexOf(object, name, place);
  if (value !== undefined && value.length !== 42) return bad(place, "an address");
  return value;
}
