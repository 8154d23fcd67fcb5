import { bytesToHex, hexToBytes } from "viem";

/** Any `0x` string of whole bytes. */
export type Hex = `0x${string}`;
/** 32 bytes, lower case: block, transaction and state hashes, map keys. */
export type Hash = Hex;
/** 20 bytes, lower case inside the project; only answers to people are checksummed. */
export type Address = Hex;

export const ZERO_HASH: Hash = `0x${"00".repeat(32)}`;
export const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}`;
export const EMPTY_BYTES = new Uint8Array(0);

/** Bytes to a lower case `0x` string. */
export function toHex(bytes: Uint8Array): Hex {
  return bytesToHex(bytes);
}

/** `0x` string of whole bytes to bytes. */
export function fromHex(hex: string): Uint8Array {
  return hexToBytes(hex as Hex);
}
