import { type Hash, toHex } from "../../util/hex.js";
import type { BlockTx } from "../envelope.js";
import type { UnsealedHeader } from "../header.js";
import { encodeReceipt, type StoredReceipt } from "../receipts.js";
import { listRoot } from "../state/trie.js";
import type { BlockHeader } from "../types.js";
import { logsBloom, mergeBloom } from "./bloom.js";
import type { BlockEnv } from "./runMessage.js";

/** What the transactions of a block come to. */
export interface TxSummary {
  readonly transactions: Uint8Array[];
  readonly transactionHashes: Hash[];
  /** Fields of the header that follow from them. */
  readonly fields: Pick<
    UnsealedHeader,
    "transactionsRoot" | "receiptsRoot" | "logsBloom" | "gasUsed"
  >;
}

/** Transactions of a block with their receipts, in the order of their execution, under any rules. */
export class ExecutedTxs {
  readonly receipts: StoredReceipt[] = [];
  readonly #txs: BlockTx[] = [];
  #gasUsed = 0n;

  get count(): number {
    return this.#txs.length;
  }

  get gasUsed(): bigint {
    return this.#gasUsed;
  }

  add(tx: BlockTx, receipt: StoredReceipt): void {
    this.#txs.push(tx);
    this.receipts.push(receipt);
    this.#gasUsed += receipt.gasUsed;
  }

  /** Roots and bloom, each made once: for the end of the block. */
  sumUp(): TxSummary {
    const bloom = new Uint8Array(256);
    let cumulativeGas = 0n;
    const envelopes = this.receipts.map((receipt) => {
      cumulativeGas += receipt.gasUsed;
      const own = logsBloom(receipt.logs);
      mergeBloom(bloom, own);
      return encodeReceipt(receipt, cumulativeGas, own);
    });
    const transactions = this.#txs.map((tx) => tx.raw);
    return {
      transactions,
      transactionHashes: this.#txs.map((tx) => tx.hash),
      fields: {
        transactionsRoot: toHex(listRoot(transactions)),
        receiptsRoot: toHex(listRoot(envelopes)),
        logsBloom: bloom,
        gasUsed: this.#gasUsed,
      },
    };
  }
}

/** Fields of a header that are known before the first transaction. */
export function fieldsOf(
  parent: BlockHeader,
  env: BlockEnv,
): Pick<
  UnsealedHeader,
  | "parentHash"
  | "feeRecipient"
  | "number"
  | "gasLimit"
  | "timestamp"
  | "prevRandao"
  | "baseFeePerGas"
> {
  const { number, gasLimit, timestamp, feeRecipient, baseFeePerGas } = env;
  return {
    parentHash: parent.hash,
    feeRecipient,
    number,
    gasLimit,
    timestamp,
    prevRandao: toHex(env.prevRandao),
    baseFeePerGas,
  };
}
