import type { Hash } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import { PACKED_BYTES, recoverPacked } from "../recoverAddress.js";
import { simulateBlocks } from "../simulate/simulator.js";
import type { SimulatedBlock, SimulateLimits, SimulateRequest } from "../simulate/types.js";
import { type TraceBlockArgs, traceBlock } from "../tracing/traceBlock.js";
import { type TraceCallArgs, traceCall } from "../tracing/traceCall.js";
import type { BlockHeader, CallOptions, CallRequest, CallResult } from "../types.js";
import type { World } from "./threadWorld.js";

const ADDRESS_BYTES = 20;

/** A message and the block on whose state it runs. */
export interface CallArgs {
  request: CallRequest;
  block: Hash;
  options: CallOptions;
}

/** Blocks to simulate, and the block that they stand on. */
export interface SimulateArgs {
  request: SimulateRequest;
  block: Hash;
  limits: SimulateLimits;
}

// What is sent is the whole buffer behind a view, and returned data may be a few bytes of a large memory.
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();

function sendable<Result extends Pick<CallResult, "returnData" | "logs">>(result: Result): Result {
  return {
    ...result,
    returnData: ownBytes(result.returnData),
    logs: result.logs.map((log) => ({ ...log, data: ownBytes(log.data) })),
  };
}

async function simulate(
  { execution }: World,
  { request, limits }: SimulateArgs,
  base: BlockHeader,
): Promise<SimulatedBlock[]> {
  const blocks = await simulateBlocks(execution, base, request, limits);
  return blocks.map((block) => ({ ...block, calls: block.calls.map(sendable) }));
}

/** Twenty bytes for each packed signature, zeros where nobody can have signed. */
function recoverAll(packed: Uint8Array): Uint8Array {
  const count = packed.length / PACKED_BYTES;
  const senders = new Uint8Array(count * ADDRESS_BYTES);
  for (let i = 0; i < count; i++) {
    const signer = recoverPacked(packed.subarray(i * PACKED_BYTES, (i + 1) * PACKED_BYTES));
    if (signer) senders.set(signer, i * ADDRESS_BYTES);
  }
  return senders;
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
  simulate: async (world: World, args: SimulateArgs) =>
    simulate(world, args, headerOf(world, args.block)),
  recoverSenders: async (_world: World, { packed }: { packed: Uint8Array }) => recoverAll(packed),
  traceBlock: async ({ execution }: World, args: TraceBlockArgs) => traceBlock(execution, args),
  traceCall: async ({ execution }: World, args: TraceCallArgs) => traceCall(execution, args),
} as const;

/** Names of the tasks. */
export type TaskName = keyof typeof TASKS;
/** Arguments of a task. */
export type TaskArgs<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[1];
/** What it answers. */
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;
