import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { requireHeader } from "./shared.js";

const RESOURCES = ["state", "tx", "logs", "receipts", "blocks", "stateproofs"];

/** Which part of the chain's history can be asked for: all of it, because nothing is ever pruned. */
export const eth_capabilities = method({
  doc: "Which part of the chain's history can be asked for: all of it, because nothing is ever pruned.",
  params: [],
  async run(_params, context) {
    const { number, hash } = await requireHeader(context, "latest");
    const all = RESOURCES.map((name) => [name, { disabled: false, oldestBlock: "0x0" }]);
    return { head: { number: quantity(number), hash }, ...Object.fromEntries(all) };
  },
});
