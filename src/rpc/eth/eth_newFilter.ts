import { method } from "../method.js";
import { parseLogQuery } from "../params/logFilter.js";
import { required } from "../params/param.js";

/** Starts to collect logs for eth_getFilterChanges. */
export const eth_newFilter = method({
  doc: "Starts to collect logs for eth_getFilterChanges.",
  params: [required(parseLogQuery)],
  run: ([query], { filters, clientIp }) => filters.create({ type: "logs", query }, clientIp),
});
