import { method } from "../method.js";

/** Chain id in decimal. */
export const net_version = method({
  doc: "Chain id in decimal.",
  params: [],
  run: (_params, { engine }) => String(engine.chainId),
});
