import { fromHex, type Hash } from "../../util/hex.js";

/** First byte of each kind of key in the engine's part of the store. */
export const PREFIX = {
  trieNode: 0x6e,
  code: 0x63,
  flatAccount: 0x66,
  flatSlot: 0x73,
  header: 0x68,
  body: 0x62,
  receipts: 0x72,
  canonical: 0x4e,
  transaction: 0x74,
  logPosting: 0x6c,
  addressPosting: 0x61,
  meta: 0x6d,
} as const;

function key(prefix: number, ...parts: Uint8Array[]): Uint8Array {
  let length = 1;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  out[0] = prefix;
  let at = 1;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A block number as 8 bytes, so that keys sort by it. */
export function numberBytes(number: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, number);
  return out;
}

/** Keys of the engine's records. */
export const chainKeys = {
  trieNode: (hash: Uint8Array) => key(PREFIX.trieNode, hash),
  code: (hash: Uint8Array) => key(PREFIX.code, hash),
  /** An account of the flat state, by its hashed address. */
  flatAccount: (account: Uint8Array) => key(PREFIX.flatAccount, account),
  /** A slot of the flat state, by the hashed address of its account and its own hash. */
  flatSlot: (account: Uint8Array, slot: Uint8Array) => key(PREFIX.flatSlot, account, slot),
  header: (hash: Hash) => key(PREFIX.header, fromHex(hash)),
  body: (hash: Hash) => key(PREFIX.body, fromHex(hash)),
  receipts: (hash: Hash) => key(PREFIX.receipts, fromHex(hash)),
  /** Canonical block number to hash. */
  canonical: (number: bigint) => key(PREFIX.canonical, numberBytes(number)),
  /** Canonical transaction hash to block number and index. */
  transaction: (hash: Hash) => key(PREFIX.transaction, fromHex(hash)),
  /** Prefix of the blocks whose logs have a term; a block number follows. */
  logPosting: (term: Uint8Array, number: bigint) =>
    key(PREFIX.logPosting, term, numberBytes(number)),
  /** Prefix of the blocks with transactions of an address; a block number follows. */
  addressPosting: (address: Uint8Array, number: bigint) =>
    key(PREFIX.addressPosting, address, numberBytes(number)),
  meta: (name: string) => key(PREFIX.meta, new TextEncoder().encode(name)),
};
