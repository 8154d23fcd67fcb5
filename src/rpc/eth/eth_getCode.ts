import { toHex } from "../../util/hex.js";
import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockIdParam } from "./shared.js";

/** Code of an account. */
export const eth_getCode = method({
  doc: "Code of an account.",
  params: [required(parseAddress), blockIdParam],
  run: async ([address, id], { engine }) => toHex(await engine.getCode(address, id)),
});
