import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";

/** 0 for a known block: L2 blocks have no uncles; null if unknown. */
export const eth_getUncleCountByBlockHash = method({
  doc: "0 for a known block: L2 blocks have no uncles; null if unknown.",
  params: [required(parseHash)],
  async run([id], { engine }) {
    return (await engine.getHeader({ hash: id })) === undefined ? null : "0x0";
  },
});
