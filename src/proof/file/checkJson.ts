import type { Hash, Hex } from "../../util/hex.js";
import { ProofError } from "../errors.js";

const HASH = /^0x[0-9a-f]{64}$/;
const BYTES = /^0x([0-9a-f]{2})*$/;
const DECIMAL = /^(0|[1-9][0-9]{0,19})$/;
const U64_MAX = 2n ** 64n - 1n;
/** Keys of that form may stand behind a dot in a path. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHOWN_KEY_CHARS = 80;

/** PROOF_FILE_MALFORMED at a JSON path. */
export function malformed(path: string, reason: string): Error {
  return new ProofError("PROOF_FILE_MALFORMED", { path, reason });
}

/** Path of a member. */
export function memberPath(path: string, key: string): string {
  if (PLAIN_KEY.test(key)) return `${path}.${key}`;
  return `${path}[${JSON.stringify(key.slice(0, SHOWN_KEY_CHARS))}]`;
}

/** An object with exactly these members. Errors: PROOF_FILE_MALFORMED. */
export function checkObject<K extends string>(
  value: unknown,
  path: string,
  keys: readonly K[],
): Record<K, unknown> {
  const object = checkRecord(value, path);
  for (const key of Object.keys(object)) {
    if (!keys.includes(key as K)) throw malformed(memberPath(path, key), "no such member");
  }
  for (const key of keys) {
    if (!Object.hasOwn(object, key)) throw malformed(`${path}.${key}`, "is missing");
  }
  return object as Record<K, unknown>;
}

/** An object with any members. Errors: PROOF_FILE_MALFORMED. */
export function checkRecord(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(path, "not an object");
  }
  return value as Record<string, unknown>;
}

/** A list of at most `max`, each read with its path. Errors: PROOF_FILE_MALFORMED. */
export function checkList<T>(
  value: unknown,
  path: string,
  max: number,
  read: (item: unknown, path: string) => T,
): T[] {
  if (!Array.isArray(value)) throw malformed(path, "not a list");
  if (value.length > max) throw malformed(path, `more than ${max} items`);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

/** A whole number from `min` to `max`. Errors: PROOF_FILE_MALFORMED. */
export function checkNumber(value: unknown, path: string, min: number, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw malformed(path, `not a whole number from ${min} to ${max}`);
  }
  return value;
}

/** A number of 64 bits as a decimal string. Errors: PROOF_FILE_MALFORMED. */
export function checkU64(value: unknown, path: string): bigint {
  if (typeof value !== "string" || !DECIMAL.test(value) || BigInt(value) > U64_MAX) {
    throw malformed(path, "not a decimal string of 64 bits");
  }
  return BigInt(value);
}

/** 32 bytes, lower case. Errors: PROOF_FILE_MALFORMED. */
export function checkHash(value: unknown, path: string): Hash {
  if (typeof value !== "string" || !HASH.test(value)) {
    throw malformed(path, "not 0x and 64 lower case hex digits");
  }
  return value as Hash;
}

/** Bytes in lower case. Errors: PROOF_FILE_MALFORMED. */
export function checkBytes(value: unknown, path: string): Hex {
  if (typeof value !== "string" || !BYTES.test(value)) {
    throw malformed(path, "not 0x and an even number of lower case hex digits");
  }
  return value as Hex;
}
