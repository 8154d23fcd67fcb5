import type { TraceOptions } from "../../engine/tracing/types.js";
import type { CallOptions } from "../../engine/types.js";
import { invalidParams } from "../errors.js";
import { ownField, parseBoolean, parseObject, parseText } from "../params/basic.js";
import { parseIndex } from "../params/hex.js";
import { parseBlockOverrides, parseStateOverrides } from "../params/overrides.js";

/** What debug_traceCall is told beside the call. */
export interface TraceCallConfig {
  options: TraceOptions;
  call: CallOptions;
  txIndex: number | undefined;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** A duration as Go writes it, "1.5s" or "1m30s", in milliseconds. */
function parseDuration(value: unknown): number {
  const text = parseText(value, 32);
  const parts = [...text.matchAll(DURATION)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw invalidParams(`time: invalid duration "${text}"`);
  }
  return parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (MILLISECONDS[unit as string] as number),
    0,
  );
}

function parseLimit(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw invalidParams("limit: integer expected");
  return value as number;
}

/** Options of the debug_trace methods. Names that no tracer knows mean nothing, as in geth. */
export function parseTraceConfig(value: unknown): TraceOptions {
  const object = parseObject(value);
  const field = <T>(name: string, parse: (given: unknown) => T): T | undefined => {
    const given = ownField(object, name);
    return given === undefined ? undefined : parse(given);
  };
  const tracer = field("tracer", parseText);
  return {
    tracer: tracer === "" ? undefined : tracer,
    tracerConfig: field("tracerConfig", parseObject),
    enableMemory: field("enableMemory", parseBoolean),
    disableStack: field("disableStack", parseBoolean),
    disableStorage: field("disableStorage", parseBoolean),
    enableReturnData: field("enableReturnData", parseBoolean),
    limit: field("limit", parseLimit),
    timeoutMs: field("timeout", parseDuration),
  };
}

/** Options of debug_traceCall: with overrides, and the transaction before which the call stands. */
export function parseTraceCallConfig(value: unknown): TraceCallConfig {
  const object = parseObject(value);
  const txIndex = ownField(object, "txIndex");
  return {
    options: parseTraceConfig(value),
    call: {
      stateOverrides: parseStateOverrides(ownField(object, "stateOverrides") ?? {}),
      blockOverrides: parseBlockOverrides(ownField(object, "blockOverrides") ?? {}),
    },
    txIndex: txIndex === undefined ? undefined : parseIndex(txIndex),
  };
}
