import { EngineError } from "../errors.js";
import { callTracer } from "./tracers/callTracer.js";
import { flatCallTracer } from "./tracers/flatCallTracer.js";
import { fourByteTracer } from "./tracers/fourByteTracer.js";
import { muxTracer } from "./tracers/muxTracer.js";
import { noopTracer } from "./tracers/noopTracer.js";
import { opcodeCounter } from "./tracers/opcodeCounter.js";
import { prestateTracer } from "./tracers/prestateTracer.js";
import { structLogger } from "./tracers/structLogger.js";
import type { TraceBudget, TraceOptions, TracePlace, Tracer } from "./types.js";

type Config = Readonly<Record<string, unknown>>;

type Factory = (config: Config, budget: TraceBudget, place: TracePlace) => Tracer;

const MAX_MUXED = 16;

function refuse(reason: string): never {
  throw new EngineError("ENGINE_TRACER_INVALID", { reason });
}

/** A switch of a tracer's configuration; off when it is not named. */
function flag(config: Config, name: string): boolean {
  const value = Object.hasOwn(config, name) ? config[name] : undefined;
  if (value === undefined || value === null) return false;
  return typeof value === "boolean" ? value : refuse(`tracerConfig.${name}: boolean expected`);
}

const FACTORIES: ReadonlyMap<string, Factory> = new Map<string, Factory>([
  [
    "callTracer",
    (config, budget) =>
      callTracer(
        { onlyTopCall: flag(config, "onlyTopCall"), withLog: flag(config, "withLog") },
        budget,
      ),
  ],
  [
    "flatCallTracer",
    (config, budget, place) =>
      flatCallTracer(
        {
          convertParityErrors: flag(config, "convertParityErrors"),
          includePrecompiles: flag(config, "includePrecompiles"),
        },
        budget,
        place,
      ),
  ],
  [
    "prestateTracer",
    (config, budget) => {
      const diffMode = flag(config, "diffMode");
      const includeEmpty = flag(config, "includeEmpty");
      if (diffMode && includeEmpty) refuse("cannot use diffMode with includeEmpty");
      const disableCode = flag(config, "disableCode");
      const disableStorage = flag(config, "disableStorage");
      return prestateTracer({ diffMode, includeEmpty, disableCode, disableStorage }, budget);
    },
  ],
  ["4byteTracer", (_config, budget) => fourByteTracer(budget)],
  ["noopTracer", () => noopTracer()],
  ["opcodeCounter", () => opcodeCounter()],
  ["muxTracer", createMux],
]);

function createMux(config: Config, budget: TraceBudget, place: TracePlace): Tracer {
  const names = Object.keys(config);
  if (names.length > MAX_MUXED) refuse(`at most ${MAX_MUXED} tracers at once`);
  const tracers = names.map((name): [string, Tracer] => {
    if (name === "muxTracer") refuse("a muxTracer inside a muxTracer");
    return [name, createNamed(name, config[name], budget, place)];
  });
  return muxTracer(new Map(tracers));
}

function createNamed(
  name: string,
  config: unknown,
  budget: TraceBudget,
  place: TracePlace,
): Tracer {
  const factory = FACTORIES.get(name);
  if (!factory) {
    const known = [...FACTORIES.keys()].join(", ");
    refuse(`unknown tracer "${name.slice(0, 64)}"; there are ${known}, and the opcode logger`);
  }
  if (config !== undefined && config !== null) {
    if (typeof config !== "object" || Array.isArray(config)) {
      refuse(`${name}: tracerConfig is no object`);
    }
  }
  return factory((config ?? {}) as Config, budget, place);
}

/** Makes a tracer for one transaction. Errors: ENGINE_TRACER_INVALID. */
export function createTracer(
  options: TraceOptions,
  budget: TraceBudget,
  place: TracePlace,
): Tracer {
  const { tracer, tracerConfig } = options;
  if (tracer === undefined) return structLogger(options, budget);
  return createNamed(tracer, tracerConfig, budget, place);
}
