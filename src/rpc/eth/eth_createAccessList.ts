import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseCall } from "../params/callRequest.js";
import { required } from "../params/param.js";
import { blockIdParam, checkedCall } from "./shared.js";

/** Addresses and slots that a transaction touches, and its gas with that list. */
export const eth_createAccessList = method({
  doc: "Addresses and slots that a transaction touches, and its gas with that list.",
  params: [required(parseCall), blockIdParam],
  usesEvm: true,
  async run([call, id], context) {
    const result = await context.engine.createAccessList(checkedCall(context, call), id);
    return {
      accessList: result.accessList,
      ...(result.failure === null ? {} : { error: result.failure.reason }),
      gasUsed: quantity(result.gasUsed),
    };
  },
});
