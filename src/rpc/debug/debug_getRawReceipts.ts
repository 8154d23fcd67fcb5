import { encodeReceipt } from "../../engine/receipts.js";
import { toHex } from "../../util/hex.js";
import { blockIdParam } from "../eth/shared.js";
import { method } from "../method.js";
import { requireBlock } from "./shared.js";

/** Envelopes of the receipts of a block, as its receipts root has them. */
export const debug_getRawReceipts = method({
  doc: "Envelopes of the receipts of a block, as its receipts root has them.",
  params: [blockIdParam],
  async run([id], context) {
    const { header } = await requireBlock(context, id);
    const receipts = (await context.engine.getReceipts(header.hash)) ?? [];
    return receipts.map((receipt) => {
      const { cumulativeGasUsed, logsBloom } = receipt;
      return toHex(encodeReceipt({ ...receipt, costs: null }, cumulativeGasUsed, logsBloom));
    });
  },
});
