import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { blockNumberParam } from "./shared.js";

/** Number of uncles of a block by number, 0 after the merge and on the L2; null if unknown. */
export const eth_getUncleCountByBlockNumber = method({
  doc: "Number of uncles of a block by number, 0 after the merge and on the L2; null if unknown.",
  params: [blockNumberParam],
  async run([id], { engine }) {
    const block = await engine.getBlock(id);
    return block === undefined ? null : quantity(block.ommers?.length ?? 0);
  },
});
