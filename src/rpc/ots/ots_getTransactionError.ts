import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { framesOf } from "./callFrames.js";

/** Return data of a transaction that reverted; empty if it did not. */
export const ots_getTransactionError = method({
  doc: "Return data of a transaction that reverted; empty if it did not.",
  params: [required(parseHash)],
  usesEvm: true,
  async run([hash], context) {
    const frames = await framesOf(context, hash);
    return frames?.error === undefined ? "0x" : (frames.output ?? "0x");
  },
});
