import { EngineError } from "../../engine/errors.js";
import type { TraceLimits, TxTrace } from "../../engine/tracing/traceBlock.js";
import type { TraceOptions } from "../../engine/tracing/types.js";
import type { Block, FoundTransaction } from "../../engine/types.js";
import type { TaskRunner } from "../../engine/workers/taskRunner.js";
import type { Hash } from "../../util/hex.js";
import { RpcError } from "../errors.js";
import { findByHash } from "../eth/shared.js";
import type { RpcContext } from "../types.js";

/** What is kept of a request's time for looking things up and for its answer. */
const MARGIN_MS = 1_000;

/** What runs tracers. Errors: RPC_NO_EXECUTION if the engine is another process. */
export function requireTasks({ engine }: RpcContext): TaskRunner {
  if (!engine.tasks) throw new RpcError("RPC_NO_EXECUTION");
  return engine.tasks;
}

/** How much a trace may take here. */
export function traceLimits({ limits }: RpcContext): TraceLimits {
  const timeoutMs = Math.max(MARGIN_MS, limits.handlerTimeoutMs - MARGIN_MS);
  return { timeoutMs, maxBytes: limits.responseBytes };
}

/** Traces all transactions of a block. Errors: those of `traceBlock` in the engine. */
export async function traceWholeBlock(
  context: RpcContext,
  block: Hash | Block,
  options: TraceOptions,
): Promise<TxTrace[]> {
  const limits = traceLimits(context);
  return requireTasks(context).run("traceBlock", { block, options, limits });
}

/** A transaction on the canonical chain and its block. Errors: ENGINE_NOT_TRACEABLE. */
export async function requireMined(
  context: RpcContext,
  hash: Hash,
): Promise<FoundTransaction & { block: { hash: Hash; number: bigint }; index: number }> {
  const found = await findByHash(context, hash, (any) => context.engine.getTransaction(any));
  if (!found?.block || found.index === null) {
    throw new EngineError("ENGINE_NOT_TRACEABLE", { reason: "transaction not found" });
  }
  return { ...found, block: found.block, index: found.index };
}

/** Traces one transaction of the canonical chain. Errors: those of `traceBlock` in the engine. */
export async function traceMined(
  context: RpcContext,
  hash: Hash,
  options: TraceOptions,
): Promise<unknown> {
  const { block, index } = await requireMined(context, hash);
  const limits = traceLimits(context);
  const args = { block: block.hash, txIndex: index, options, limits };
  const [trace] = await requireTasks(context).run("traceBlock", args);
  return trace?.result;
}
