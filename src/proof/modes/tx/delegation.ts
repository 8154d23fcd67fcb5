import type { Word } from "../../state/types.js";
import { wordOf } from "../../tx/rlpCursor.js";

const PREFIX = [0xef, 0x01, 0x00] as const;
const CODE_BYTES = 23;

/** True if code is an EIP-7702 delegation. */
export function isDelegation(code: Uint8Array): boolean {
  return code.length === CODE_BYTES && PREFIX.every((byte, i) => code[i] === byte);
}

/** Address that a delegation names. */
export function delegateOf(code: Uint8Array): Word {
  return wordOf(code, PREFIX.length, CODE_BYTES);
}

/** Code of an account that delegates to `address`; empty for address 0, which takes a delegation back. */
export function delegationCode(address: Word): Uint8Array {
  if (address === 0n) return new Uint8Array();
  const target = Buffer.from(address.toString(16).padStart(40, "0"), "hex");
  return Uint8Array.of(...PREFIX, ...target);
}
