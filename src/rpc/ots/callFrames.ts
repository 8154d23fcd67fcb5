import type { Hash, Hex } from "../../util/hex.js";
import { requireTasks, traceLimits, traceMined } from "../debug/tracing.js";
import type { RpcContext } from "../types.js";

/** A frame as callTracer tells it. */
export interface TracedFrame {
  type: string;
  from: Hex;
  to?: Hex;
  value?: Hex;
  input: Hex;
  output?: Hex;
  error?: string;
  calls?: TracedFrame[];
}

const CALL_TRACER = { tracer: "callTracer" };

/** Frames of a transaction; undefined: it did not even start. Errors: ENGINE_NOT_TRACEABLE (no such transaction). */
export async function framesOf(context: RpcContext, hash: Hash): Promise<TracedFrame | undefined> {
  return (await traceMined(context, hash, CALL_TRACER)) as TracedFrame | undefined;
}

/** Frames of each transaction of a block. */
export async function framesOfBlock(
  context: RpcContext,
  block: Hash,
): Promise<{ txHash: Hash; frames: TracedFrame | undefined }[]> {
  const args = { block, options: CALL_TRACER, limits: traceLimits(context) };
  const traces = await requireTasks(context).run("traceBlock", args);
  return traces.map(({ txHash, result }) => ({
    txHash,
    frames: result as TracedFrame | undefined,
  }));
}

/** A frame and those inside it, in the order in which they began; `visit` says whether to look inside. */
export function walkFrames(
  frame: TracedFrame,
  visit: (frame: TracedFrame, depth: number) => boolean,
  depth = 0,
): void {
  if (!visit(frame, depth)) return;
  for (const call of frame.calls ?? []) walkFrames(call, visit, depth + 1);
}
