import { encodeLog } from "../encode/log.js";
import { findLogs } from "../live/findLogs.js";
import { method } from "../method.js";
import { parseHexId } from "../params/hex.js";
import { required } from "../params/param.js";

/** All logs that fit a log filter. */
export const eth_getFilterLogs = method({
  doc: "All logs that fit a log filter.",
  params: [required(parseHexId)],
  async run([id], { engine, filters, limits }) {
    return (await findLogs(engine, filters.getQuery(id), limits)).map(encodeLog);
  },
});
