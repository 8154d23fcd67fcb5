import { EngineError } from "../errors.js";
import type { TraceBudget } from "./types.js";

/** A budget for all that one request gathers. */
export function traceBudget(maxBytes: number): TraceBudget {
  let left = maxBytes;
  return {
    take(bytes) {
      left -= bytes;
      if (left < 0) throw new EngineError("ENGINE_TRACE_TOO_LARGE", { maxBytes });
    },
  };
}
