import { createMerkleProof, createMPT } from "@ethereumjs/mpt";
import { toHex as toHexNumber } from "viem";
import { sentMessageSlot } from "../../src/protocol/withdrawal.js";
import { fromHex, type Hash, type Hex, toHex } from "../../src/util/hex.js";

const HASH_BYTES = 32;

/** A trie for proofs. */
export interface ProofTrie {
  root: Hash;
  /** All nodes on the path, inline ones too. */
  fullProof(key: Uint8Array): Promise<Hex[]>;
  /** As `eth_getProof` answers: without inline nodes. */
  proof(key: Uint8Array): Promise<Hex[]>;
}

/** Builds a trie of these entries; with `isSecure` under the keccak of each key. */
export async function buildTrie(
  entries: Iterable<readonly [Uint8Array, Uint8Array]>,
  isSecure: boolean,
): Promise<ProofTrie> {
  const trie = await createMPT({ useKeyHashing: isSecure });
  for (const [key, value] of entries) await trie.put(key, value);
  const fullProof = async (key: Uint8Array) => (await createMerkleProof(trie, key)).map(toHex);
  return {
    root: toHex(trie.root()),
    fullProof,
    proof: async (key) =>
      (await fullProof(key)).filter((node, i) => i === 0 || (node.length - 2) / 2 >= HASH_BYTES),
  };
}

/** The message passer's storage trie after these withdrawals, besides `others` random slots; and proofs of the sent flags. */
export async function buildSentMessages(hashes: readonly Hash[], others = 50) {
  const one = new Uint8Array([1]);
  const noise = Array.from(
    { length: others },
    (_, i) => [fromHex(sentMessageSlot(toHexNumber(i + 1, { size: 32 }))), one] as const,
  );
  const keys = hashes.map((hash) => [fromHex(sentMessageSlot(hash)), one] as const);
  const trie = await buildTrie([...noise, ...keys], true);
  return { root: trie.root, proofOf: (hash: Hash) => trie.proof(fromHex(sentMessageSlot(hash))) };
}
