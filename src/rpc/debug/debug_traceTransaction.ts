import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { parseTraceConfig } from "./traceConfig.js";
import { traceMined } from "./tracing.js";

/** Executes a transaction again and tells what a tracer makes of it. */
export const debug_traceTransaction = method({
  doc: "Executes a transaction again and tells what a tracer makes of it.",
  params: [required(parseHash), optional(parseTraceConfig, {})],
  usesEvm: true,
  run([hash, options], context) {
    return traceMined(context, hash, options);
  },
});
