import { encodeHeader } from "../../engine/header.js";
import { toHex } from "../../util/hex.js";
import { blockIdParam } from "../eth/shared.js";
import { method } from "../method.js";
import { requireBlock } from "./shared.js";

/** RLP of a header. */
export const debug_getRawHeader = method({
  doc: "RLP of a header.",
  params: [blockIdParam],
  async run([id], context) {
    return toHex(encodeHeader((await requireBlock(context, id)).header));
  },
});
