import { toHex } from "../../util/hex.js";
import { assertSucceeded } from "../encode/callFailure.js";
import { method } from "../method.js";
import { parseCall } from "../params/callRequest.js";
import { parseBlockOverrides, parseStateOverrides } from "../params/overrides.js";
import { optional, required } from "../params/param.js";
import { blockIdParam, checkedCall } from "./shared.js";

/** Runs a message on the state of a block and returns what it returns. */
export const eth_call = method({
  doc: "Runs a message on the state of a block and returns what it returns.",
  params: [
    required(parseCall),
    blockIdParam,
    optional(parseStateOverrides, {}),
    optional(parseBlockOverrides, {}),
  ],
  usesEvm: true,
  async run([call, id, stateOverrides, blockOverrides], context) {
    const request = checkedCall(context, call);
    const result = await context.engine.call(request, id, { stateOverrides, blockOverrides });
    assertSucceeded(result);
    return toHex(result.returnData);
  },
});
