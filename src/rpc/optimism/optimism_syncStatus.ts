import { encodeSyncStatus } from "../encode/rollup.js";
import { method } from "../method.js";
import { requireNode } from "./shared.js";

/** How far L1 is read and the L2 heads. */
export const optimism_syncStatus = method({
  doc: "How far L1 is read and the L2 heads.",
  params: [],
  run: async (_params, context) => encodeSyncStatus(await requireNode(context).syncStatus()),
});
