import { encodeRollupConfig } from "../encode/rollup.js";
import { method } from "../method.js";
import { requireNode } from "./shared.js";

/** What defines this chain, in the keys of op-node. */
export const optimism_rollupConfig = method({
  doc: "What defines this chain, in the keys of op-node.",
  params: [],
  run(_params, context) {
    return encodeRollupConfig(requireNode(context).rollupConfig, context.engine.genesisHash);
  },
});
