import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { requireHeader } from "./shared.js";

/** Base fee of the next block. */
export const eth_baseFee = method({
  doc: "Base fee of the next block.",
  params: [],
  async run(_params, context) {
    const head = await requireHeader(context, "latest");
    return quantity(context.engine.nextBaseFee(head));
  },
});
