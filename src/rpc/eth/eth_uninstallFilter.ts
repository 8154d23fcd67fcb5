import { method } from "../method.js";
import { parseHexId } from "../params/hex.js";
import { required } from "../params/param.js";

/** Ends a filter; false if there was none. */
export const eth_uninstallFilter = method({
  doc: "Ends a filter; false if there was none.",
  params: [required(parseHexId)],
  run: ([id], { filters }) => filters.remove(id),
});
