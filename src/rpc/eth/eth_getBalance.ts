import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockIdParam } from "./shared.js";

/** Balance of an account in wei. */
export const eth_getBalance = method({
  doc: "Balance of an account in wei.",
  params: [required(parseAddress), blockIdParam],
  run: async ([address, id], { engine }) => quantity(await engine.getBalance(address, id)),
});
