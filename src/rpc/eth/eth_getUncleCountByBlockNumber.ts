import { method } from "../method.js";
import { blockNumberParam } from "./shared.js";

/** 0 for a known block: L2 blocks have no uncles; null if unknown. */
export const eth_getUncleCountByBlockNumber = method({
  doc: "0 for a known block: L2 blocks have no uncles; null if unknown.",
  params: [blockNumberParam],
  async run([id], { engine }) {
    return (await engine.getHeader(id)) === undefined ? null : "0x0";
  },
});
