import { EMPTY_BYTES } from "../util/hex.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Bytes of a value with bigints, and raw bytes after it.
 * Shapes: `u32 length | JSON | bytes`; a bigint is the string of its digits and `n`.
 */
export function encodeStored(meta: object, bytes: Uint8Array = EMPTY_BYTES): Uint8Array {
  const json = encoder.encode(
    JSON.stringify(meta, (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  );
  const out = new Uint8Array(4 + json.length + bytes.length);
  new DataView(out.buffer).setUint32(0, json.length);
  out.set(json, 4);
  out.set(bytes, 4 + json.length);
  return out;
}

/** Inverse of `encodeStored`. Only for bytes that this program wrote. */
export function decodeStored<T>(value: Uint8Array): { meta: T; bytes: Uint8Array } {
  const length = new DataView(value.buffer, value.byteOffset).getUint32(0);
  const json = decoder.decode(value.subarray(4, 4 + length));
  const meta = JSON.parse(json, (_, item) => (isBigint(item) ? BigInt(item.slice(0, -1)) : item));
  return { meta: meta as T, bytes: value.subarray(4 + length) };
}

const LETTER_N = 110;

/** Looks at the last letter first: most strings are hashes. */
function isBigint(item: unknown): item is string {
  return (
    typeof item === "string" && item.charCodeAt(item.length - 1) === LETTER_N && /^\d+n$/.test(item)
  );
}
