import { encodeBlock } from "../../engine/blockCodec.js";
import { toHex } from "../../util/hex.js";
import { blockIdParam } from "../eth/shared.js";
import { method } from "../method.js";
import { requireBlock } from "./shared.js";

/** RLP of a block. */
export const debug_getRawBlock = method({
  doc: "RLP of a block.",
  params: [blockIdParam],
  async run([id], context) {
    return toHex(encodeBlock(await requireBlock(context, id)));
  },
});
