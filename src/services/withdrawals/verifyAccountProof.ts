import { verifyMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import type { AccountProof } from "../../engine/types.js";
import { fromHex, type Hash, toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";

const EMPTY_CODE_HASH = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
const EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/** True if account and slots of an EIP-1186 proof follow from a state root, absent ones included. */
export async function verifyAccountProof(proof: AccountProof, stateRoot: Hash): Promise<boolean> {
  const leaf = await readTrie(stateRoot, fromHex(proof.address), proof.accountProof);
  if (leaf === undefined || !isSameAccount(leaf, proof)) return false;
  for (const { key, value, proof: nodes } of proof.storageProof) {
    const found = await readTrie(proof.storageHash, fromHex(key), nodes);
    if (found === undefined) return false;
    const word = found === null ? 0n : toBigInt(RLP.decode(found) as Uint8Array);
    if (word !== value) return false;
  }
  return true;
}

/** Null: proven absent. Undefined: the nodes prove nothing. */
async function readTrie(
  root: Hash,
  key: Uint8Array,
  nodes: readonly Uint8Array[],
): Promise<Uint8Array | null | undefined> {
  // A trie without entries has no nodes to show.
  if (nodes.length === 0) return root === EMPTY_ROOT ? null : undefined;
  try {
    return await verifyMerkleProof(keccak256(key), [...nodes], { root: fromHex(root) });
  } catch {
    return undefined;
  }
}

function isSameAccount(leaf: Uint8Array | null, proof: AccountProof): boolean {
  if (leaf === null) {
    return (
      proof.nonce === 0n &&
      proof.balance === 0n &&
      proof.storageHash === EMPTY_ROOT &&
      proof.codeHash === EMPTY_CODE_HASH
    );
  }
  const [nonce, balance, storageHash, codeHash] = RLP.decode(leaf) as Uint8Array[];
  return (
    toBigInt(nonce) === proof.nonce &&
    toBigInt(balance) === proof.balance &&
    storageHash !== undefined &&
    toHex(storageHash) === proof.storageHash &&
    codeHash !== undefined &&
    toHex(codeHash) === proof.codeHash
  );
}

function toBigInt(bytes: Uint8Array | undefined): bigint {
  return bytes === undefined || bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}
