import { blockIdParam, checkedCall } from "../eth/shared.js";
import { method } from "../method.js";
import { parseCall } from "../params/callRequest.js";
import { optional, required } from "../params/param.js";
import { requireBlock } from "./shared.js";
import { parseTraceCallConfig, type TraceCallConfig } from "./traceConfig.js";
import { requireTasks, traceLimits } from "./tracing.js";

const NOTHING: TraceCallConfig = { options: {}, call: {}, txIndex: undefined };

/** Runs a message on the state of a block, or within it, and tells what a tracer makes of it. */
export const debug_traceCall = method({
  doc: "Runs a message on the state of a block, or within it, and tells what a tracer makes of it.",
  params: [required(parseCall), blockIdParam, optional(parseTraceCallConfig, NOTHING)],
  usesEvm: true,
  async run([call, id, config], context) {
    const request = checkedCall(context, call);
    const { header } = await requireBlock(context, id);
    const args = { request, block: header.hash, ...config, limits: traceLimits(context) };
    return requireTasks(context).run("traceCall", args);
  },
});
