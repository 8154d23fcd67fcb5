import { quantity } from "../encode/hex.js";
import { method } from "../method.js";
import { requireHeader } from "./shared.js";

/** Gas price that pays the base fee of the next block and the suggested tip. */
export const eth_gasPrice = method({
  doc: "Gas price that pays the base fee of the next block and the suggested tip.",
  params: [],
  async run(_params, context) {
    const head = await requireHeader(context, "latest");
    const nextBaseFee = context.engine.nextBaseFee(head);
    const baseFee = nextBaseFee > head.baseFeePerGas ? nextBaseFee : head.baseFeePerGas;
    return quantity(baseFee + (await context.engine.suggestTip()));
  },
});
