import { method } from "../method.js";
import { parseIndex } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockNumberParam } from "./shared.js";

/** Always null: L2 blocks have no uncles. */
export const eth_getUncleByBlockNumberAndIndex = method({
  doc: "Always null: L2 blocks have no uncles.",
  params: [blockNumberParam, required(parseIndex)],
  run: () => null,
});
