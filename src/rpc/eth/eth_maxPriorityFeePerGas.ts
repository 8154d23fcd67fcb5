import { quantity } from "../encode/hex.js";
import { method } from "../method.js";

/** Suggested tip, from recent blocks. */
export const eth_maxPriorityFeePerGas = method({
  doc: "Suggested tip, from recent blocks.",
  params: [],
  run: async (_params, { engine }) => quantity(await engine.suggestTip()),
});
