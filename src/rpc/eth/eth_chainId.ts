import { quantity } from "../encode/hex.js";
import { method } from "../method.js";

/** Chain id of the L2. */
export const eth_chainId = method({
  doc: "Chain id of the L2.",
  params: [],
  run: (_params, { engine }) => quantity(engine.chainId),
});
