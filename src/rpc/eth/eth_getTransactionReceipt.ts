import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { encodeFoundReceipt, findByHash } from "./shared.js";

/** Receipt of an included transaction; null if there is none. */
export const eth_getTransactionReceipt = method({
  doc: "Receipt of an included transaction; null if there is none.",
  params: [required(parseHash)],
  async run([hash], context) {
    const receipt = await findByHash(context, hash, (any) => context.engine.getReceipt(any));
    return receipt === undefined ? null : encodeFoundReceipt(context, receipt);
  },
});
