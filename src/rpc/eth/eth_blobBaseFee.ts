import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { requireHeader } from "./shared.js";

/** Price of blob gas in the head; always 1 on a chain without blobs. */
export const eth_blobBaseFee = method({
  doc: "Price of blob gas in the head; always 1 on a chain without blobs.",
  params: [],
  async run(_params, context) {
    const rules = context.engine.execution?.rules;
    if (!rules?.blobBaseFee) return "0x1";
    return quantity(rules.blobBaseFee(await requireHeader(context, "latest")));
  },
});
