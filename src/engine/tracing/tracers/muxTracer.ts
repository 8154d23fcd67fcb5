import type { Tracer } from "../types.js";

/** Several tracers at once; their results by name. */
export function muxTracer(tracers: ReadonlyMap<string, Tracer>): Tracer {
  const all = [...tracers.values()];
  return {
    onTxStart: (context) => {
      for (const tracer of all) tracer.onTxStart?.(context);
    },
    onTxEnd: (gasUsed) => {
      for (const tracer of all) tracer.onTxEnd?.(gasUsed);
    },
    onEnter: (frame) => {
      for (const tracer of all) tracer.onEnter?.(frame);
    },
    onExit: (end) => {
      for (const tracer of all) tracer.onExit?.(end);
    },
    onStep: (step) => {
      for (const tracer of all) tracer.onStep?.(step);
    },
    onLog: (log) => {
      for (const tracer of all) tracer.onLog?.(log);
    },
    result: () => {
      const sorted = [...tracers].sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(sorted.map(([name, tracer]) => [name, tracer.result()]));
    },
  };
}
