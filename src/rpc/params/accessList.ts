import type { Address, Hash } from "../../util/hex.js";
import { ownField, parseList, parseObject } from "./basic.js";
import { parseAddress, parseHash } from "./hex.js";

const MAX_ACCOUNTS = 1_024;
const MAX_KEYS = 4_096;

/** EIP-2930's access list in JSON. */
export function parseAccessList(value: unknown): { address: Address; storageKeys: Hash[] }[] {
  return parseList(value, MAX_ACCOUNTS, (item) => {
    const entry = parseObject(item);
    return {
      address: parseAddress(ownField(entry, "address")),
      storageKeys: parseList(ownField(entry, "storageKeys") ?? [], MAX_KEYS, parseHash),
    };
  });
}
