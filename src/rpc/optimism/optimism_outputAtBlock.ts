import { encodeOutput } from "../encode/rollup.js";
import { requireHeader } from "../eth/shared.js";
import { method } from "../method.js";
import { parseBlockNumber } from "../params/blockId.js";
import { required } from "../params/param.js";
import { requireNode } from "./shared.js";

/** Output root of an L2 block and what it is made of. */
export const optimism_outputAtBlock = method({
  doc: "Output root of an L2 block and what it is made of.",
  params: [required(parseBlockNumber)],
  async run([id], context) {
    const node = requireNode(context);
    const number = typeof id === "bigint" ? id : (await requireHeader(context, id)).number;
    return encodeOutput(await node.outputAtBlock(number));
  },
});
