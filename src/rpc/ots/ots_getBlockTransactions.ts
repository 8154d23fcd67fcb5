import { encodeBlock } from "../encode/block.js";
import { encodeReceipt } from "../encode/receipt.js";
import { encodeTransaction } from "../encode/transaction.js";
import { method } from "../method.js";
import { required } from "../params/param.js";
import { parseAnyBlockId, parseNumber, parsePageSize } from "./params.js";

/** `0x` and the four bytes of a selector. */
const SELECTOR_CHARS = 10;

/** A page of a block's transactions; page 0 has the last ones. Inputs are cut to their selectors. */
export const ots_getBlockTransactions = method({
  doc: "A page of a block's transactions; page 0 has the last ones. Inputs are cut to their selectors.",
  params: [required(parseAnyBlockId), required(parseNumber), required(parsePageSize)],
  async run([id, page, pageSize], { engine }) {
    const block = await engine.getBlock(id);
    if (!block) return null;
    const { hash, timestamp } = block.header;
    const transactions = (await engine.getTransactions(hash)) ?? [];
    const receipts = (await engine.getReceipts(hash)) ?? [];
    const end = Math.max(0, transactions.length - pageSize * Number(page));
    const start = Math.max(0, end - pageSize);
    const shown = transactions.slice(start, end).map((found) => {
      const tx = encodeTransaction(found);
      return { ...tx, input: String(tx.input).slice(0, SELECTOR_CHARS) };
    });
    return {
      fullblock: {
        ...encodeBlock(block),
        logsBloom: null,
        transactions: shown,
        transactionCount: transactions.length,
      },
      receipts: receipts.slice(start, end).map((receipt) => ({
        ...encodeReceipt(receipt, timestamp),
        logs: null,
        logsBloom: null,
      })),
    };
  },
});
