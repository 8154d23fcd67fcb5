import { type Address, toHex } from "../../../util/hex.js";
import { REVERTED } from "../frameError.js";
import type {
  FrameEnd,
  FrameStart,
  TraceBudget,
  TraceContext,
  TracePlace,
  Tracer,
} from "../types.js";
import { quantity } from "../words.js";
import { type CallFrame, CallFrames } from "./callTracer.js";

/** What flatCallTracer is told. */
export interface FlatCallTracerConfig {
  convertParityErrors: boolean;
  includePrecompiles: boolean;
}

const PARITY_ERRORS: ReadonlyMap<string, string> = new Map([
  ["contract creation code storage out of gas", "Out of gas"],
  ["out of gas", "Out of gas"],
  ["gas uint64 overflow", "Out of gas"],
  ["max code size exceeded", "Out of gas"],
  ["invalid jump destination", "Bad jump destination"],
  ["execution reverted", "Reverted"],
  ["return data out of bounds", "Out of bounds"],
  ["stack limit reached 1024 (1023)", "Out of stack"],
  ["precompiled failed", "Built-in failed"],
  ["invalid input length", "Built-in failed"],
]);

const PARITY_BEGINNINGS: readonly (readonly [string, string])[] = [
  ["out of gas:", "Out of gas"],
  ["invalid opcode:", "Bad instruction"],
  ["stack underflow", "Stack underflow"],
];

function parityError(error: string): string {
  const exact = PARITY_ERRORS.get(error);
  if (exact !== undefined) return exact;
  return PARITY_BEGINNINGS.find(([start]) => error.startsWith(start))?.[1] ?? error;
}

/** Bytes of JSON that a frame has here above those in a tree. */
const PLACE_BYTES = 320;

/** The calls of a transaction as a list, each with its path. Source: Parity's trace module */
class FlatCallTracer implements Tracer {
  readonly #frames: CallFrames;
  readonly #config: FlatCallTracerConfig;
  readonly #budget: TraceBudget;
  readonly #place: TracePlace;
  #precompiles: ReadonlySet<Address> = new Set();
  readonly #open: FrameStart[] = [];

  constructor(config: FlatCallTracerConfig, budget: TraceBudget, place: TracePlace) {
    this.#config = config;
    this.#budget = budget;
    this.#place = place;
    this.#frames = new CallFrames({ onlyTopCall: false, withLog: false }, budget);
  }

  onTxStart(context: TraceContext): void {
    this.#precompiles = context.precompiles;
    this.#frames.onTxStart(context);
  }

  onEnter(frame: FrameStart): void {
    this.#budget.take(PLACE_BYTES + 8 * frame.depth);
    this.#open.push(frame);
    this.#frames.onEnter(frame.depth === 0 ? frame : { ...frame, value: frame.value ?? 0n });
  }

  onExit(end: FrameEnd): void {
    const start = this.#open.pop();
    this.#frames.onExit(end);
    if (end.depth === 0 || !start || this.#config.includePrecompiles) return;
    const isPlainCall = start.type === "CALL" || start.type === "STATICCALL";
    if (isPlainCall && this.#precompiles.has(start.to)) this.#frames.dropLast();
  }

  onTxEnd(gasUsed: bigint): void {
    this.#frames.onTxEnd(gasUsed);
  }

  result(): unknown {
    const flat: Record<string, unknown>[] = [];
    if (this.#frames.top) this.#flatten(this.#frames.top, [], flat);
    return flat;
  }

  #flatten(frame: CallFrame, path: number[], into: Record<string, unknown>[]): void {
    const { blockHash, blockNumber, txHash, txIndex } = this.#place;
    const { error } = frame;
    const { type, action, result } = partsOf(frame);
    // A revert's output tells why; other failures have no result.
    const hasResult = result !== undefined && (error === undefined || error === REVERTED);
    const shown = error !== undefined && this.#config.convertParityErrors;
    into.push({
      action,
      blockHash: blockHash ?? null,
      blockNumber: Number(blockNumber ?? 0n),
      ...(error === undefined ? {} : { error: shown ? parityError(error) : error }),
      ...(hasResult ? { result } : {}),
      subtraces: frame.calls.length,
      traceAddress: path,
      transactionHash: txHash ?? null,
      transactionPosition: txIndex,
      type,
    });
    for (const [index, call] of frame.calls.entries()) {
      this.#flatten(call, [...path, index], into);
    }
  }
}

function partsOf(frame: CallFrame): {
  type: string;
  action: Record<string, unknown>;
  result: Record<string, unknown> | undefined;
} {
  const { from, to, gas, gasUsed, input, output, type, value } = frame;
  const worth = value === null ? {} : { value: quantity(value) };
  if (type === "SELFDESTRUCT") {
    const action = { address: from, balance: quantity(value ?? 0n), refundAddress: to };
    return { type: "suicide", action, result: undefined };
  }
  if (type === "CREATE" || type === "CREATE2") {
    return {
      type: "create",
      action: {
        creationMethod: type.toLowerCase(),
        from,
        gas: quantity(gas),
        init: toHex(input),
        ...worth,
      },
      result: {
        ...(to === undefined ? {} : { address: to }),
        code: toHex(output),
        gasUsed: quantity(gasUsed),
      },
    };
  }
  return {
    type: "call",
    action: {
      callType: type.toLowerCase(),
      from,
      gas: quantity(gas),
      input: toHex(input),
      to,
      ...worth,
    },
    result: { gasUsed: quantity(gasUsed), output: toHex(output) },
  };
}

/** The calls of a transaction as a list. */
export function flatCallTracer(
  config: FlatCallTracerConfig,
  budget: TraceBudget,
  place: TracePlace,
): Tracer {
  return new FlatCallTracer(config, budget, place);
}
