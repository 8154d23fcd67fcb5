import { method } from "../method.js";
import { required } from "../params/param.js";
import { blockDetails } from "./blockDetails.js";
import { parseAnyBlockId } from "./params.js";

/** A block without its transactions, and what they paid. */
export const ots_getBlockDetails = method({
  doc: "A block without its transactions, and what they paid.",
  params: [required(parseAnyBlockId)],
  run: ([id], context) => blockDetails(context, id),
});
