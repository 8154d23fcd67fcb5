import { encodeOmmer } from "../encode/ommer.js";
import { method } from "../method.js";
import { parseIndex } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockNumberParam } from "./shared.js";

/** Uncle of a block by number; null if there is none, as always after the merge and on the L2. */
export const eth_getUncleByBlockNumberAndIndex = method({
  doc: "Uncle of a block by number; null if there is none, as always after the merge and on the L2.",
  params: [blockNumberParam, required(parseIndex)],
  run: async ([id, index], { engine }) => encodeOmmer(await engine.getBlock(id), index),
});
