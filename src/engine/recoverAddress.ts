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

/** Bytes of a packed signature: hash, r, s, parity of y. */
export const PACKED_BYTES = 97;

/** What it takes to find a signer, as bytes. Undefined: nobody can have signed so. */
export function packSignature(
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
  const packed = new Uint8Array(PACKED_BYTES);
  const rBytes = integerToBytes(r);
  const sBytes = integerToBytes(s);
  packed.set(hash);
  packed.set(rBytes, 64 - rBytes.length);
  packed.set(sBytes, 96 - sBytes.length);
  packed[96] = Number(yParity);
  return packed;
}

/** Address (20 bytes) of the signer, or undefined if there is none. */
export function recoverPacked(packed: Uint8Array): Uint8Array | undefined {
  const signature = packed.subarray(32, 96);
  const hash = packed.subarray(0, 32);
  try {
    const key = secp256k1.recoverPublicKey(signature, packed[96] as number, hash);
    return keccak256(key).subarray(12);
  } catch {
    return undefined;
  }
}

/** Address (20 bytes) of whoever signed a hash, or undefined if the signature is not valid. */
export function recoverAddress(
  hash: Uint8Array,
  r: bigint,
  s: bigint,
  yParity: bigint,
  mayHaveHighS = false,
): Uint8Array | undefined {
  const packed = packSignature(hash, r, s, yParity, mayHaveHighS);
  return packed && recoverPacked(packed);
}
