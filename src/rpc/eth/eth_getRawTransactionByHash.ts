import { toHex } from "../../util/hex.js";
import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { findByHash } from "./shared.js";

/** Signed envelope of a transaction; null if unknown. */
export const eth_getRawTransactionByHash = method({
  doc: "Signed envelope of a transaction; null if unknown.",
  params: [required(parseHash)],
  async run([hash], context) {
    const found = await findByHash(context, hash, (any) => context.engine.getTransaction(any));
    return found === undefined ? null : toHex(found.raw);
  },
});
