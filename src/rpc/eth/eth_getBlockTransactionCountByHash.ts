import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";

/** Number of transactions of a block by hash; null if unknown. */
export const eth_getBlockTransactionCountByHash = method({
  doc: "Number of transactions of a block by hash; null if unknown.",
  params: [required(parseHash)],
  async run([id], { engine }) {
    const block = await engine.getBlock({ hash: id });
    return block === undefined ? null : quantity(block.transactions.length);
  },
});
