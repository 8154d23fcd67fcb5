import { method } from "../method.js";
import { parseHash, parseIndex } from "../params/hex.js";
import { required } from "../params/param.js";

/** Always null: L2 blocks have no uncles. */
export const eth_getUncleByBlockHashAndIndex = method({
  doc: "Always null: L2 blocks have no uncles.",
  params: [required(parseHash), required(parseIndex)],
  run: () => null,
});
