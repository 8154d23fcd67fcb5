import { encodeBlock } from "../encode/block.js";
import { fullBlockJson } from "../encode/jsonText.js";
import { method } from "../method.js";
import { parseBoolean } from "../params/basic.js";
import { parseHash } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { readFullBlock } from "./shared.js";

/** Block by hash, with hashes or whole transactions; null if unknown. */
export const eth_getBlockByHash = method({
  doc: "Block by hash, with hashes or whole transactions; null if unknown.",
  params: [required(parseHash), optional(parseBoolean, false)],
  async run([id, full], context) {
    if (!full) {
      const block = await context.engine.getBlock({ hash: id });
      return block === undefined ? null : encodeBlock(block);
    }
    const found = await readFullBlock(context, { hash: id });
    return found === null ? null : fullBlockJson(found.block, found.transactions);
  },
});
