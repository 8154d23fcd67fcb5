import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { blockNumberParam } from "./shared.js";

/** Number of transactions of a block by number; null if unknown. */
export const eth_getBlockTransactionCountByNumber = method({
  doc: "Number of transactions of a block by number; null if unknown.",
  params: [blockNumberParam],
  async run([id], { engine }) {
    const block = await engine.getBlock(id);
    return block === undefined ? null : quantity(block.transactions.length);
  },
});
