import { method } from "../method.js";
import { parseHexId } from "../params/hex.js";
import { required } from "../params/param.js";

/** What a filter collected since it was asked last. */
export const eth_getFilterChanges = method({
  doc: "What a filter collected since it was asked last.",
  params: [required(parseHexId)],
  run: ([id], { filters }) => filters.takeChanges(id),
});
