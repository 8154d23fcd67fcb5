import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockIdParam } from "./shared.js";

/** Nonce of an account; with the tag pending, the next one to use. */
export const eth_getTransactionCount = method({
  doc: "Nonce of an account; with the tag pending, the next one to use.",
  params: [required(parseAddress), blockIdParam],
  async run([address, id], { engine }) {
    if (id === "pending") return quantity(await engine.pool.getPendingNonce(address));
    return quantity(await engine.getNonce(address, id));
  },
});
