import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseCall } from "../params/callRequest.js";
import { parseBlockOverrides, parseStateOverrides } from "../params/overrides.js";
import { optional, required } from "../params/param.js";
import { blockIdParam, checkedCall } from "./shared.js";

/** Addresses and slots that a transaction touches, and its gas with that list. */
export const eth_createAccessList = method({
  doc: "Addresses and slots that a transaction touches, and its gas with that list.",
  params: [
    required(parseCall),
    blockIdParam,
    optional(parseStateOverrides, {}),
    optional(parseBlockOverrides, {}),
  ],
  usesEvm: true,
  async run([call, id, stateOverrides, blockOverrides], context) {
    const request = checkedCall(context, call);
    const options = { stateOverrides, blockOverrides };
    const result = await context.engine.createAccessList(request, id, options);
    return {
      accessList: result.accessList,
      ...(result.failure === null ? {} : { error: result.failure.reason }),
      gasUsed: quantity(result.gasUsed),
    };
  },
});
