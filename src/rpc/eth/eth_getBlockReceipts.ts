import { receiptsJson } from "../encode/jsonText.js";
import { method } from "../method.js";
import { blockIdParam } from "./shared.js";

/** All receipts of a block; null if it is unknown. */
export const eth_getBlockReceipts = method({
  doc: "All receipts of a block; null if it is unknown.",
  params: [blockIdParam],
  async run([id], { engine }) {
    const header = await engine.getHeader(id);
    if (header === undefined) return null;
    const receipts = (await engine.getReceipts(header.hash)) ?? [];
    return receiptsJson(receipts, header.timestamp);
  },
});
