import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { type Address, fromHex, type Hash } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import type { StoredReceipt } from "../receipts.js";
import { chainKeys } from "./chainKeys.js";

/**
 * For each address the canonical blocks with transactions that it takes part in: as sender, recipient or new contract, as a
 * contract that logs, or as an address that a log names in a topic. Calls inside transactions are not looked at.
 */

/** Says that a store has had the index from its first block on. */
const MARK = chainKeys.meta("addresses");
const INDEX_BYTES = 4;
const BLOCK_NUMBER_BYTES = 8;
/** A topic that is an address begins with this many zero bytes. */
const TOPIC_PADDING = 12;
const PADDING = "0".repeat(2 * TOPIC_PADDING);
/** Topics with as many zeros behind the padding are numbers. */
const SMALL = "0".repeat(8);

/** Transactions of one block, by their positions. */
export interface AddressHit {
  number: bigint;
  indexes: number[];
}

/** Where a search begins, and which way it goes; that block belongs to it. */
export interface AddressSearch {
  from: bigint;
  isDescending: boolean;
}

function addressInTopic(topic: Hash): Address | undefined {
  const digits = topic.slice(2);
  if (!digits.startsWith(PADDING) || digits.startsWith(SMALL, PADDING.length)) return undefined;
  return `0x${digits.slice(PADDING.length)}`;
}

function participants({ from, to, contractAddress, logs }: StoredReceipt): Set<Address> {
  const found = new Set<Address>([from]);
  if (to) found.add(to);
  if (contractAddress) found.add(contractAddress);
  for (const { address, topics } of logs) {
    found.add(address);
    for (const topic of topics) {
      const named = addressInTopic(topic);
      if (named) found.add(named);
    }
  }
  return found;
}

function encodeIndexes(indexes: readonly number[]): Uint8Array {
  const out = new Uint8Array(INDEX_BYTES * indexes.length);
  const view = new DataView(out.buffer);
  for (const [at, index] of indexes.entries()) view.setUint32(INDEX_BYTES * at, index);
  return out;
}

function decodeIndexes(stored: Uint8Array): number[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
  const indexes: number[] = [];
  for (let at = 0; at < stored.length; at += INDEX_BYTES) indexes.push(view.getUint32(at));
  return indexes;
}

/** Mark for a store whose first block is being written. */
export function addressIndexMark(): StoreOperation {
  return { type: "put", key: MARK, value: new Uint8Array() };
}

/** Entries of a block that joins the canonical chain. */
export function addressPostings(
  receipts: readonly StoredReceipt[],
  number: bigint,
): [key: Uint8Array, value: Uint8Array][] {
  const byAddress = new Map<Address, number[]>();
  for (const [index, receipt] of receipts.entries()) {
    for (const address of participants(receipt)) {
      const indexes = byAddress.get(address);
      if (indexes) indexes.push(index);
      else byAddress.set(address, [index]);
    }
  }
  return [...byAddress].map(([address, indexes]) => [
    chainKeys.addressPosting(fromHex(address), number),
    encodeIndexes(indexes),
  ]);
}

/**
 * Blocks with transactions of an address, in the order of the search; whoever has enough stops reading.
 * Errors: ENGINE_NO_ADDRESS_INDEX if the store began without the index.
 */
export async function* findAddress(
  store: KeyValueStore,
  address: Address,
  { from, isDescending }: AddressSearch,
): AsyncGenerator<AddressHit> {
  if (!store.has(MARK)) throw new EngineError("ENGINE_NO_ADDRESS_INDEX");
  const bytes = fromHex(address);
  const range = isDescending
    ? {
        gte: chainKeys.addressPosting(bytes, 0n),
        lt: chainKeys.addressPosting(bytes, from + 1n),
        reverse: true,
      }
    : {
        gte: chainKeys.addressPosting(bytes, from),
        lt: chainKeys.addressPosting(bytes, 2n ** 64n - 1n),
      };
  for await (const [key, value] of store.iterate(range)) {
    const tail = key.subarray(key.length - BLOCK_NUMBER_BYTES);
    const number = new DataView(tail.buffer, tail.byteOffset).getBigUint64(0);
    yield { number, indexes: decodeIndexes(value) };
  }
}
