import { type Address, type Hash, type Hex, toHex } from "../../../util/hex.js";
import { decodeRevertReason } from "../../decodeRevertReason.js";
import { REVERTED } from "../frameError.js";
import type { FrameEnd, FrameStart, FrameType, TraceBudget, TraceLog, Tracer } from "../types.js";
import { quantity } from "../words.js";

/** What callTracer is told. */
export interface CallTracerConfig {
  onlyTopCall: boolean;
  withLog: boolean;
}

/** A log of a frame; `position`: how many calls the frame had made before it. */
export interface CallLog {
  address: Address;
  topics: Hash[];
  data: Hex;
  index: Hex;
  position: Hex;
}

/** A frame with the frames inside it. */
export interface CallFrame {
  type: FrameType;
  from: Address;
  to: Address | undefined;
  gas: bigint;
  gasUsed: bigint;
  input: Uint8Array;
  output: Uint8Array;
  error: string | undefined;
  revertReason: string | undefined;
  calls: CallFrame[];
  logs: CallLog[];
  value: bigint | null;
  isReverted: boolean;
}

/** Bytes of JSON of a frame without its data. */
const FRAME_BYTES = 320;
const LOG_BYTES = 160;
const TOPIC_BYTES = 70;

const newFrame = ({ type, from, to, input, gas, value }: FrameStart): CallFrame => ({
  ...{ type, from, to, input, gas, value },
  gasUsed: 0n,
  output: new Uint8Array(0),
  error: undefined,
  revertReason: undefined,
  calls: [],
  logs: [],
  isReverted: false,
});

function closeFrame(frame: CallFrame, { output, error, isReverted }: FrameEnd): void {
  if (error === undefined || !isReverted) {
    frame.output = output;
    return;
  }
  frame.error = error;
  frame.isReverted = true;
  if (frame.type === "CREATE" || frame.type === "CREATE2") frame.to = undefined;
  if (error !== REVERTED || output.length === 0) return;
  frame.output = output;
  frame.revertReason = decodeRevertReason(output);
}

function dropFailedLogs(frame: CallFrame, isInFailed: boolean): void {
  const isFailed = isInFailed || frame.isReverted;
  if (isFailed) frame.logs = [];
  for (const call of frame.calls) dropFailedLogs(call, isFailed);
}

/** The frames of a transaction, as other tracers build on them. */
export class CallFrames implements Tracer {
  /** Undefined: it did not even start. */
  top: CallFrame | undefined;
  readonly #config: CallTracerConfig;
  readonly #budget: TraceBudget;
  readonly #open: CallFrame[] = [];
  #gasLimit = 0n;
  #depth = 0;

  constructor(config: CallTracerConfig, budget: TraceBudget) {
    this.#config = config;
    this.#budget = budget;
  }

  onTxStart({ message }: { message: { gasLimit: bigint } }): void {
    this.#gasLimit = message.gasLimit;
  }

  onEnter(start: FrameStart): void {
    this.#depth = start.depth;
    if (this.#config.onlyTopCall && start.depth > 0) return;
    this.#budget.take(FRAME_BYTES + 2 * start.input.length);
    const frame = newFrame(start);
    if (start.depth === 0) {
      // Clients show what the transaction pays for, not what is left when it starts.
      frame.gas = this.#gasLimit;
      this.top = frame;
    } else {
      this.#open.at(-1)?.calls.push(frame);
    }
    this.#open.push(frame);
  }

  onExit(end: FrameEnd): void {
    this.#depth = end.depth - 1;
    if (this.#config.onlyTopCall && end.depth > 0) return;
    const frame = this.#open.pop();
    if (!frame) return;
    this.#budget.take(2 * end.output.length);
    frame.gasUsed = end.gasUsed;
    closeFrame(frame, end);
  }

  /** The last frame that has ended is taken out of the one around it. */
  dropLast(): void {
    this.#open.at(-1)?.calls.pop();
  }

  onLog({ address, topics, data, index }: TraceLog): void {
    if (!this.#config.withLog || (this.#config.onlyTopCall && this.#depth > 0)) return;
    const frame = this.#open.at(-1);
    if (!frame) return;
    this.#budget.take(LOG_BYTES + TOPIC_BYTES * topics.length + 2 * data.length);
    frame.logs.push({
      address,
      topics,
      data: toHex(data),
      index: quantity(index),
      position: quantity(frame.calls.length),
    });
  }

  onTxEnd(gasUsed: bigint): void {
    if (!this.top) return;
    this.top.gasUsed = gasUsed;
    if (this.#config.withLog) dropFailedLogs(this.top, false);
  }

  result(): unknown {
    return this.top && frameToJson(this.top);
  }
}

function frameToJson(frame: CallFrame): Record<string, unknown> {
  const { output, error, calls, logs, value } = frame;
  return {
    from: frame.from,
    gas: quantity(frame.gas),
    gasUsed: quantity(frame.gasUsed),
    ...(frame.to === undefined ? {} : { to: frame.to }),
    input: toHex(frame.input),
    ...(output.length === 0 ? {} : { output: toHex(output) }),
    ...(error === undefined ? {} : { error }),
    // An empty reason is none.
    ...(frame.revertReason ? { revertReason: frame.revertReason } : {}),
    ...(calls.length === 0 ? {} : { calls: calls.map(frameToJson) }),
    ...(logs.length === 0 ? {} : { logs }),
    ...(value === null ? {} : { value: quantity(value) }),
    type: frame.type,
  };
}

/** The calls of a transaction as a tree. */
export function callTracer(config: CallTracerConfig, budget: TraceBudget): Tracer {
  return new CallFrames(config, budget);
}
