import { encodeBlock as encodeRlpBlock } from "../../engine/blockCodec.js";
import { toHex } from "../../util/hex.js";
import { encodeBlock } from "../encode/block.js";
import { method } from "../method.js";

/**
 * The newest of the blocks that the engine was given and found invalid. Their transactions are named by hash, since what makes
 * a block invalid may be that they cannot be read. Errors: none; an engine elsewhere that does not tell has an empty list.
 */
export const debug_getBadBlocks = method({
  doc: "Blocks that were lately found invalid, the newest first: as JSON, hash and RLP.",
  params: [],
  async run(_, context) {
    return (context.engine.badBlocks?.() ?? []).map((block) => ({
      block: encodeBlock(block),
      hash: block.header.hash,
      rlp: toHex(encodeRlpBlock(block)),
    }));
  },
});
