import type { Hash } from "../util/hex.js";
import type { DepositTx } from "./depositTx.js";
import type { DepositFeedRecord } from "./types.js";

/** The transaction that a deposit record becomes. Source: docs/protocol/deposits.md#from-record-to-transaction */
export function depositTxFromRecord(record: DepositFeedRecord, sourceHash: Hash): DepositTx {
  const { header, data } = record;
  return {
    sourceHash,
    from: header.from,
    to: header.isCreation ? null : header.to,
    mint: header.mint,
    value: header.value,
    gas: header.gasLimit,
    isSystemTx: false,
    data,
  };
}
