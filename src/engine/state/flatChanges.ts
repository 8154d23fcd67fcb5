import type { StoreOperation } from "../../storage/types.js";
import { chainKeys } from "../chain/chainKeys.js";
import { decodeAccount } from "./stateStore.js";
import { EMPTY_TRIE_ROOT, type NodeSource } from "./trie.js";
import { diffTries } from "./trieDiff.js";

/** A record of the flat state that differs between two states. Undefined: there is none. */
export interface FlatChange {
  /** As in the store. */
  key: Uint8Array;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
}

function storageRootOf(rlp: Uint8Array | undefined): Uint8Array {
  return rlp ? decodeAccount(rlp).storageRoot : EMPTY_TRIE_ROOT;
}

/** Records in which two states differ, found from their tries. From the empty root: all of a state. */
export function* flatChanges(
  source: NodeSource,
  from: Uint8Array,
  to: Uint8Array,
): Generator<FlatChange> {
  for (const { key: account, before, after } of diffTries(source, from, to)) {
    yield { key: chainKeys.flatAccount(account), before, after };
    for (const slot of diffTries(source, storageRootOf(before), storageRootOf(after))) {
      const { key, ...values } = slot;
      yield { key: chainKeys.flatSlot(account, key), ...values };
    }
  }
}

/** What brings a record up to date. */
export function changeOperation({ key, after }: FlatChange): StoreOperation {
  return after ? { type: "put", key, value: after } : { type: "del", key };
}
