import { transactionJson } from "../encode/jsonText.js";
import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { findByHash } from "./shared.js";

/** Transaction on the chain or in the pool; null if unknown. */
export const eth_getTransactionByHash = method({
  doc: "Transaction on the chain or in the pool; null if unknown.",
  params: [required(parseHash)],
  async run([hash], context) {
    const found = await findByHash(context, hash, (any) => context.engine.getTransaction(any));
    return found === undefined ? null : transactionJson(found);
  },
});
