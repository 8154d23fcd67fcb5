import { encodeTransaction } from "../encode/transaction.js";
import { method } from "../method.js";
import { parseIndex } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockNumberParam, transactionAt } from "./shared.js";

/** Transaction by block number and position; null if unknown. */
export const eth_getTransactionByBlockNumberAndIndex = method({
  doc: "Transaction by block number and position; null if unknown.",
  params: [blockNumberParam, required(parseIndex)],
  async run([id, index], context) {
    const found = await transactionAt(context, id, index);
    return found === null ? null : encodeTransaction(found);
  },
});
