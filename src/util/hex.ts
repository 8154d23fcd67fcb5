import { hexToBytes } from "viem";

/** Any `0x` string of whole bytes. */
export type Hex = `0x${string}`;
/** 32 bytes, lower case: block, transaction and state hashes, map keys. */
export type Hash = Hex;
/** 20 bytes, lower case inside the project; only answers to people are checksummed. */
export type Address = Hex;

export const ZERO_HASH: Hash = `0x${"00".repeat(32)}`;
export const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}`;
export const EMPTY_BYTES = new Uint8Array(0);

/** Methods of Buffer that work on any bytes; hashes and addresses go through here all the time. */
const { hexSlice, hexWrite } = Buffer.prototype as unknown as {
  hexSlice(this: Uint8Array): string;
  hexWrite(this: Uint8Array, digits: string, offset: number, length: number): number;
};
/** Up to this many bytes a loop is faster than a call out of JavaScript. */
const FEW_BYTES = 64;
const NO_DIGIT = 0x80;
/** Values of digits by their codes. */
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (let digit = 0; digit < 16; digit++) {
  DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Bytes to a lower case `0x` string. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${hexSlice.call(bytes)}`;
}

/** `0x` string of whole bytes to bytes. */
export function fromHex(hex: string): Uint8Array {
  const isWhole = hex.length % 2 === 0 && hex[0] === "0" && hex[1] === "x";
  const bytes = isWhole ? readDigits(hex, hex.length / 2 - 1) : undefined;
  // What is no such string is refused there.
  return bytes ?? hexToBytes(hex as Hex);
}

/** Undefined: something is no digit. */
function readDigits(hex: string, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  if (length > FEW_BYTES) {
    return hexWrite.call(bytes, hex.slice(2), 0, length) === length ? bytes : undefined;
  }
  let seen = 0;
  for (let at = 0, from = 2; at < length; at++, from += 2) {
    const high = DIGITS[hex.charCodeAt(from)] ?? NO_DIGIT;
    const low = DIGITS[hex.charCodeAt(from + 1)] ?? NO_DIGIT;
    seen |= high | low;
    bytes[at] = (high << 4) | low;
  }
  return seen < NO_DIGIT ? bytes : undefined;
}
