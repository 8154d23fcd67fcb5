import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { requireBlock } from "./shared.js";
import { parseTraceConfig } from "./traceConfig.js";
import { traceWholeBlock } from "./tracing.js";

/** Executes a block again, also one of an abandoned branch, and tells what a tracer makes of each of its transactions. */
export const debug_traceBlockByHash = method({
  doc: "Executes a block again, also one of an abandoned branch, and tells what a tracer makes of each of its transactions.",
  params: [required(parseHash), optional(parseTraceConfig, {})],
  usesEvm: true,
  async run([hash, options], context) {
    await requireBlock(context, { hash });
    return traceWholeBlock(context, hash, options);
  },
});
