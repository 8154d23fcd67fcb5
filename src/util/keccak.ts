import { createKeccak } from "hash-wasm";
import { type Hash, toHex } from "./hex.js";

// One reused wasm instance: several times faster than the JavaScript implementations.
const hasher = await createKeccak(256);

/** Keccak-256 of some bytes. Shapes: returns 32 fresh bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

/** Keccak-256 as a lower case `0x` string. */
export function keccakHex(bytes: Uint8Array): Hash {
  return toHex(keccak256(bytes));
}
