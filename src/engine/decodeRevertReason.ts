import { decodeErrorResult } from "viem";
import { toHex } from "../util/hex.js";

const REVERT_ABI = [
  { type: "error", name: "Error", inputs: [{ name: "reason", type: "string" }] },
  { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
] as const;

const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x00n, "generic panic"],
  [0x01n, "assert(false)"],
  [0x11n, "arithmetic underflow or overflow"],
  [0x12n, "division or modulo by zero"],
  [0x21n, "enum overflow"],
  [0x22n, "invalid encoded storage byte array accessed"],
  [0x31n, "out-of-bounds array access; popping on an empty array"],
  [0x32n, "out-of-bounds access of an array or bytesN"],
  [0x41n, "out of memory"],
  [0x51n, "uninitialized function"],
]);

/** Reason of a revert in geth's words, undefined when the data are no Error(string) or Panic(uint256). */
export function decodeRevertReason(data: Uint8Array): string | undefined {
  if (data.length < 4) return undefined;
  try {
    const error = decodeErrorResult({ abi: REVERT_ABI, data: toHex(data) });
    if (error.errorName === "Error") return error.args[0];
    return PANICS.get(error.args[0]) ?? `unknown panic code: 0x${error.args[0].toString(16)}`;
  } catch {
    // Custom errors: their ABI is the caller's business.
    return undefined;
  }
}
