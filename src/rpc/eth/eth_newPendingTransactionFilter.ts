import { method } from "../method.js";
import { parseBoolean } from "../params/basic.js";
import { optional } from "../params/param.js";

/** Starts to collect hashes of pending transactions for eth_getFilterChanges. */
export const eth_newPendingTransactionFilter = method({
  doc: "Starts to collect hashes of pending transactions for eth_getFilterChanges.",
  params: [optional(parseBoolean, false)],
  run: (_params, { filters, clientIp }) => filters.create({ type: "transactions" }, clientIp),
});
