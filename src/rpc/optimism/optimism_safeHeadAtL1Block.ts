import { method } from "../method.js";
import { parseUint64 } from "../params/hex.js";
import { required } from "../params/param.js";
import { requireNode } from "./shared.js";

/** Safe L2 head as of an L1 block. */
export const optimism_safeHeadAtL1Block = method({
  doc: "Safe L2 head as of an L1 block.",
  params: [required(parseUint64)],
  async run([number], context) {
    const { l1Block, safeHead } = await requireNode(context).safeHeadAtL1Block(number);
    return {
      l1Block: { hash: l1Block.hash, number: Number(l1Block.number) },
      safeHead: { hash: safeHead.hash, number: Number(safeHead.number) },
    };
  },
});
