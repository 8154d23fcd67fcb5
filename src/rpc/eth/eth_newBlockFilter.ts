import { method } from "../method.js";

/** Starts to collect block hashes for eth_getFilterChanges. */
export const eth_newBlockFilter = method({
  doc: "Starts to collect block hashes for eth_getFilterChanges.",
  params: [],
  run: (_params, { filters, clientIp }) => filters.create({ type: "blocks" }, clientIp),
});
