import { method } from "../method.js";

/** Version of the rollup node. */
export const optimism_version = method({
  doc: "Version of the rollup node.",
  params: [],
  run: (_params, { clientVersion }) => clientVersion.split("/")[1] ?? clientVersion,
});
