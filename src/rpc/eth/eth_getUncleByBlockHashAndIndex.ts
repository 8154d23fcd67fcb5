import { encodeOmmer } from "../encode/ommer.js";
import { method } from "../method.js";
import { parseHash, parseIndex } from "../params/hex.js";
import { required } from "../params/param.js";

/** Uncle of a block by hash; null if there is none, as always after the merge and on the L2. */
export const eth_getUncleByBlockHashAndIndex = method({
  doc: "Uncle of a block by hash; null if there is none, as always after the merge and on the L2.",
  params: [required(parseHash), required(parseIndex)],
  run: async ([hash, index], { engine }) => encodeOmmer(await engine.getBlock({ hash }), index),
});
