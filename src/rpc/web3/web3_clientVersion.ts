import { method } from "../method.js";

/** Name and version of this server. */
export const web3_clientVersion = method({
  doc: "Name and version of this server.",
  params: [],
  run: (_params, { clientVersion }) => clientVersion,
});
