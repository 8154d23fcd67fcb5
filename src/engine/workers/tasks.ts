import type { Hash } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import { type TraceBlockArgs, traceBlock } from "../tracing/traceBlock.js";
import { type TraceCallArgs, traceCall } from "../tracing/traceCall.js";
import type { BlockHeader, CallOptions, CallRequest, CallResult } from "../types.js";
import type { World } from "./threadWorld.js";

/** A message and the block on whose state it runs. */
export interface CallArgs {
  request: CallRequest;
  block: Hash;
  options: CallOptions;
}

// What is sent is the whole buffer behind a view, and returned data may be a few bytes of a large memory.
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();

function sendable(result: CallResult): CallResult {
  return {
    ...result,
    returnData: ownBytes(result.returnData),
    logs: result.logs.map((log) => ({ ...log, data: ownBytes(log.data) })),
  };
}

function headerOf({ execution }: World, hash: Hash): BlockHeader {
  const header = execution.headerAt({ hash });
  if (header === undefined) throw new EngineError("ENGINE_UNKNOWN_BLOCK", { hash });
  return header;
}

/**
 * What threads can do, by name. Shapes: arguments and results are plain data, because they go from thread to thread.
 * Errors: those of the engine, with their codes.
 */
export const TASKS = {
  call: async (world: World, { request, block, options }: CallArgs) =>
    sendable(await world.calls.call(request, headerOf(world, block), options)),
  estimateGas: async (world: World, { request, block, options }: CallArgs) =>
    world.calls.estimateGas(request, headerOf(world, block), options),
  createAccessList: async (
    world: World,
    { request, block, options }: Omit<CallArgs, "options"> & Partial<Pick<CallArgs, "options">>,
  ) => world.calls.createAccessList(request, headerOf(world, block), options),
  traceBlock: async ({ execution }: World, args: TraceBlockArgs) => traceBlock(execution, args),
  traceCall: async ({ execution }: World, args: TraceCallArgs) => traceCall(execution, args),
} as const;

/** Names of the tasks. */
export type TaskName = keyof typeof TASKS;
/** Arguments of a task. */
export type TaskArgs<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[1];
/** What it answers. */
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;
