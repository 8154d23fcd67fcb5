import { method } from "../method.js";

/** Empty: the server signs nothing on this port. */
export const eth_accounts = method({
  doc: "Empty: the server signs nothing on this port.",
  params: [],
  run: () => [],
});
