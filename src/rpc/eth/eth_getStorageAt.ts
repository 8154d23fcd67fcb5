import { method } from "../method.js";
import { parseAddress, parseSlot } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockIdParam } from "./shared.js";

/** One storage slot of an account. */
export const eth_getStorageAt = method({
  doc: "One storage slot of an account.",
  params: [required(parseAddress), required(parseSlot), blockIdParam],
  run: ([address, slot, id], { engine }) => engine.getStorageAt(address, slot, id),
});
