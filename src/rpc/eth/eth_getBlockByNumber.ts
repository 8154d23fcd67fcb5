import { encodeBlock } from "../encode/block.js";
import { fullBlockJson } from "../encode/jsonText.js";
import { method } from "../method.js";
import { parseBoolean } from "../params/basic.js";
import { optional } from "../params/param.js";
import { blockNumberParam, readFullBlock } from "./shared.js";

/** Block by number, with hashes or whole transactions; null if unknown. */
export const eth_getBlockByNumber = method({
  doc: "Block by number, with hashes or whole transactions; null if unknown.",
  params: [blockNumberParam, optional(parseBoolean, false)],
  async run([id, full], context) {
    if (!full) {
      const block = await context.engine.getBlock(id);
      return block === undefined ? null : encodeBlock(block);
    }
    const found = await readFullBlock(context, id);
    return found === null ? null : fullBlockJson(found.block, found.transactions);
  },
});
