import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseCall } from "../params/callRequest.js";
import { parseBlockOverrides, parseStateOverrides } from "../params/overrides.js";
import { optional, required } from "../params/param.js";
import { blockIdParam, checkedCall } from "./shared.js";

/** Smallest gas limit with which a transaction succeeds; the L1 fee is not part of it. */
export const eth_estimateGas = method({
  doc: "Smallest gas limit with which a transaction succeeds; the L1 fee is not part of it.",
  params: [
    required(parseCall),
    blockIdParam,
    optional(parseStateOverrides, {}),
    optional(parseBlockOverrides, {}),
  ],
  usesEvm: true,
  async run([call, id, stateOverrides, blockOverrides], context) {
    const request = checkedCall(context, call);
    return quantity(
      await context.engine.estimateGas(request, id, { stateOverrides, blockOverrides }),
    );
  },
});
