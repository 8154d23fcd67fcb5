import type { AddressSearch } from "../../engine/chain/addressIndex.js";
import type { FoundTransaction, Receipt } from "../../engine/types.js";
import type { Address } from "../../util/hex.js";
import { quantity } from "../encode/hex.js";
import { encodeReceipt } from "../encode/receipt.js";
import { encodeTransaction } from "../encode/transaction.js";
import { RpcError } from "../errors.js";
import type { RpcContext } from "../types.js";

/** A transaction that was found, and what became of it. */
interface Row {
  tx: FoundTransaction;
  receipt: Receipt;
  timestamp: bigint;
}

/** Transactions of an address, in the order of the search, and whether there are more. */
export interface FoundRows {
  rows: Row[];
  hasMore: boolean;
}

/**
 * Reads whole blocks until a page is full, so that the next search can begin at the next block.
 * Errors: ENGINE_NO_ADDRESS_INDEX, RPC_NO_EXECUTION.
 */
export async function findRows(
  context: RpcContext,
  address: Address,
  search: AddressSearch,
  pageSize: number,
): Promise<FoundRows> {
  const { engine } = context;
  if (!engine.findAddress) throw new RpcError("RPC_NO_EXECUTION");
  const rows: Row[] = [];
  for await (const { number, indexes } of engine.findAddress(address, search)) {
    if (rows.length >= pageSize) return { rows, hasMore: true };
    const header = await engine.getHeader(number);
    if (!header) continue;
    const transactions = (await engine.getTransactions(header.hash)) ?? [];
    const receipts = (await engine.getReceipts(header.hash)) ?? [];
    for (const index of search.isDescending ? [...indexes].reverse() : indexes) {
      const tx = transactions[index];
      const receipt = receipts[index];
      if (tx && receipt) rows.push({ tx, receipt, timestamp: header.timestamp });
    }
  }
  return { rows, hasMore: false };
}

/** A page, newest transaction first. */
export function encodePage(
  rows: readonly Row[],
  place: { firstPage: boolean; lastPage: boolean },
): Record<string, unknown> {
  return {
    txs: rows.map(({ tx }) => encodeTransaction(tx)),
    receipts: rows.map(({ receipt, timestamp }) => ({
      ...encodeReceipt(receipt, timestamp),
      timestamp: quantity(timestamp),
    })),
    ...place,
  };
}
