import { type Address, fromHex, type Hash, toHex } from "../../util/hex.js";
import type { AccountProof } from "../types.js";
import { bytesToInteger } from "./rlp.js";
import { EMPTY_CODE_HASH, type StateStore } from "./stateStore.js";
import { EMPTY_TRIE_ROOT } from "./trie.js";

/** Merkle proof of an account and slots of it at a state; for what is not there, of its absence. Source: EIP-1186 */
export function proveAccount(
  states: StateStore,
  stateRoot: Uint8Array,
  address: Address,
  slots: readonly Hash[],
): AccountProof {
  const key = fromHex(address);
  const trie = states.openTrie(stateRoot);
  const account = states.getAccount(trie, key);
  const storageRoot = account?.storageRoot ?? EMPTY_TRIE_ROOT;
  const storage = states.openTrie(storageRoot);
  return {
    address,
    balance: account?.balance ?? 0n,
    nonce: account?.nonce ?? 0n,
    codeHash: toHex(account?.codeHash ?? EMPTY_CODE_HASH),
    storageHash: toHex(storageRoot),
    accountProof: trie.prove(states.hashKey(key)),
    storageProof: slots.map((slot) => ({
      key: slot,
      value: bytesToInteger(states.getSlot(storage, fromHex(slot))),
      proof: storage.prove(states.hashKey(fromHex(slot))),
    })),
  };
}
