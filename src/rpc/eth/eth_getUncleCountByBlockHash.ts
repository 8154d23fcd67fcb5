import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";

/** Number of uncles of a block by hash, 0 after the merge and on the L2; null if unknown. */
export const eth_getUncleCountByBlockHash = method({
  doc: "Number of uncles of a block by hash, 0 after the merge and on the L2; null if unknown.",
  params: [required(parseHash)],
  async run([hash], { engine }) {
    const block = await engine.getBlock({ hash });
    return block === undefined ? null : quantity(block.ommers?.length ?? 0);
  },
});
