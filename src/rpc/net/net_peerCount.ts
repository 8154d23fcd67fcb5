import { method } from "../method.js";

/** 0: there is no peer-to-peer network. */
export const net_peerCount = method({
  doc: "0: there is no peer-to-peer network.",
  params: [],
  run: () => "0x0",
});
