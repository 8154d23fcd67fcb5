import { method } from "../method.js";

/** False: the chain is served as far as it is known. */
export const eth_syncing = method({
  doc: "False: the chain is served as far as it is known.",
  params: [],
  run: () => false,
});
