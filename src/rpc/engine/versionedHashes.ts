import { asBytes, asList, decodeRlp } from "../../engine/state/rlp.js";
import { type Hash, toHex } from "../../util/hex.js";

const BLOB_TX_TYPE = 3;
/** Place of the hashes in the fields of a blob transaction. Source: EIP-4844 */
const HASHES_FIELD = 10;

/** The versioned hashes of all blobs of a payload's transactions, in order. A malformed transaction has none here. */
export function versionedHashesOf(transactions: readonly Uint8Array[]): Hash[] {
  return transactions.flatMap((raw) => {
    if (raw[0] !== BLOB_TX_TYPE) return [];
    try {
      const hashes = asList(asList(decodeRlp(raw.subarray(1)))[HASHES_FIELD]);
      return hashes.map((hash) => toHex(asBytes(hash)));
    } catch {
      return [];
    }
  });
}
