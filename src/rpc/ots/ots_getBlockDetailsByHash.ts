import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockDetails } from "./blockDetails.js";

/** A block by its hash without its transactions, and what they paid. */
export const ots_getBlockDetailsByHash = method({
  doc: "A block by its hash without its transactions, and what they paid.",
  params: [required(parseHash)],
  run: ([hash], context) => blockDetails(context, { hash }),
});
