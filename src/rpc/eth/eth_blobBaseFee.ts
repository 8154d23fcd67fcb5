import { method } from "../method.js";

/** Always 1: blob transactions do not exist on this chain. */
export const eth_blobBaseFee = method({
  doc: "Always 1: blob transactions do not exist on this chain.",
  params: [],
  run: () => "0x1",
});
