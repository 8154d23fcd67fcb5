import { secp256k1 } from "../protocol/index.js";
import { keccak256 } from "../util/keccak.js";
import { integerToBytes } from "./state/rlp.js";

/** Half of the curve's order: the largest `s` of a signature in its one accepted form. Source: EIP-2 */
const MAX_LOW_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** True if `s` is the greater of the two values that sign the same. */
export function isHighS(s: bigint): boolean {
  return s > MAX_LOW_S;
}

/** Address (20 bytes) of whoever signed a hash, or undefined if the signature is not valid. */
export function recoverAddress(
  hash: Uint8Array,
  r: bigint,
  s: bigint,
  yParity: bigint,
  mayHaveHighS = false,
): Uint8Array | undefined {
  if (r === 0n || s === 0n || r >= CURVE_ORDER || s >= CURVE_ORDER || yParity > 1n) {
    return undefined;
  }
  if (!mayHaveHighS && isHighS(s)) return undefined;
  const signature = new Uint8Array(64);
  const rBytes = integerToBytes(r);
  const sBytes = integerToBytes(s);
  signature.set(rBytes, 32 - rBytes.length);
  signature.set(sBytes, 64 - sBytes.length);
  try {
    return keccak256(secp256k1.recoverPublicKey(signature, Number(yParity), hash)).subarray(12);
  } catch {
    return undefined;
  }
}
