import { encodeTransaction } from "../encode/transaction.js";
import { method } from "../method.js";
import { parseHash, parseIndex } from "../params/hex.js";
import { required } from "../params/param.js";
import { transactionAt } from "./shared.js";

/** Transaction by block hash and position; null if unknown. */
export const eth_getTransactionByBlockHashAndIndex = method({
  doc: "Transaction by block hash and position; null if unknown.",
  params: [required(parseHash), required(parseIndex)],
  async run([id, index], context) {
    const found = await transactionAt(context, { hash: id }, index);
    return found === null ? null : encodeTransaction(found);
  },
});
