import { blockNumberParam } from "../eth/shared.js";
import { method } from "../method.js";
import { optional } from "../params/param.js";
import { requireBlock } from "./shared.js";
import { parseTraceConfig } from "./traceConfig.js";
import { traceWholeBlock } from "./tracing.js";

/** Executes a block again and tells what a tracer makes of each of its transactions. */
export const debug_traceBlockByNumber = method({
  doc: "Executes a block again and tells what a tracer makes of each of its transactions.",
  params: [blockNumberParam, optional(parseTraceConfig, {})],
  usesEvm: true,
  async run([id, options], context) {
    const { header } = await requireBlock(context, id);
    return traceWholeBlock(context, header.hash, options);
  },
});
