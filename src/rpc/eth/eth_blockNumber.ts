import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { requireHeader } from "./shared.js";

/** Number of the unsafe head. */
export const eth_blockNumber = method({
  doc: "Number of the unsafe head.",
  params: [],
  async run(_params, context) {
    return quantity((await requireHeader(context, "latest")).number);
  },
});
