import type { Hash } from "../../util/hex.js";
import { Limiter } from "../calls/limiter.js";
import { type BlockTx, decodeEnvelope } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { ExecutionContext } from "../executionContext.js";
import type { BlockRun } from "../rules.js";
import type { Block } from "../types.js";
import { traceBudget } from "./budget.js";
import { createTracer } from "./createTracer.js";
import { EvmObserver } from "./evmObserver.js";
import { followMessage } from "./traceMessage.js";
import type { TraceBudget, TraceOptions } from "./types.js";

/** Bounds of one request. Units: milliseconds, bytes of JSON. */
export interface TraceLimits {
  timeoutMs: number;
  maxBytes: number;
}

/** Which transactions of a block to trace: one by its position, or all. Shapes: plain data. */
export interface TraceBlockArgs {
  /** A block of the chain by its hash, or any block whose parent the chain has. */
  block: Hash | Block;
  txIndex?: number | undefined;
  options: TraceOptions;
  limits: TraceLimits;
}

/** What a tracer made of one transaction. */
export interface TxTrace {
  txHash: Hash;
  result: unknown;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_RUNNING = 4;
const MAX_WAITING = 64;
/** Bytes of JSON around the trace of a transaction. */
const ENTRY_BYTES = 100;

/** Traces take long and hold much; few at a time. */
export const traceLimiter = new Limiter(MAX_RUNNING, MAX_WAITING);

/** Time that a request may take: what it asks for, but not above the limit. */
export function timeoutOf({ timeoutMs }: TraceOptions, limits: TraceLimits): number {
  return Math.min(timeoutMs ?? DEFAULT_TIMEOUT_MS, limits.timeoutMs);
}

function untraceable(reason: string): never {
  throw new EngineError("ENGINE_NOT_TRACEABLE", { reason });
}

/**
 * Starts a block again on its parent's state and executes its first transactions.
 * Errors: ENGINE_NOT_TRACEABLE, ENGINE_CALL_TIMEOUT, ENGINE_STATE_MISSING.
 */
export async function startReplay(
  { rules, stores, headerAt }: ExecutionContext,
  block: Block,
  timeoutMs: number,
): Promise<BlockRun> {
  const { header } = block;
  if (header.number === 0n) return untraceable("genesis is not traceable");
  const parent = headerAt({ hash: header.parentHash });
  if (!parent) return untraceable(`parent block ${header.parentHash} not found`);
  const run = await rules.begin(stores, parent, rules.inputOf(block));
  run.machine.limitTime(timeoutMs);
  return run;
}

/** Executes a transaction again. Returns the gas that it used. Errors: ENGINE_NOT_TRACEABLE if it is not valid there. */
export async function replayTx(run: BlockRun, tx: BlockTx): Promise<bigint> {
  const before = run.gasLeft;
  const invalidity = await run.add(tx);
  if (invalidity) untraceable(`tracing failed: ${invalidity.reason}`);
  return before - run.gasLeft;
}

function find({ blockAt }: ExecutionContext, block: Hash | Block): Block {
  if (typeof block === "object") return block;
  return blockAt({ hash: block }) ?? untraceable(`block ${block} not found`);
}

/**
 * Executes a block again and has a tracer follow the wanted transactions.
 * Errors: ENGINE_TRACER_INVALID, ENGINE_NOT_TRACEABLE, ENGINE_TRACE_TOO_LARGE, ENGINE_CALL_TIMEOUT, ENGINE_CALL_BUSY.
 */
export async function traceBlock(
  execution: ExecutionContext,
  args: TraceBlockArgs,
): Promise<TxTrace[]> {
  return traceLimiter.run(async () => {
    const block = find(execution, args.block);
    const budget = traceBudget(args.limits.maxBytes);
    // A tracer that cannot be made shall be told before anything runs.
    createTracer(args.options, budget, placeOf(block, 0));
    const run = await startReplay(execution, block, timeoutOf(args.options, args.limits));
    return replayTraced(run, block, args, budget);
  });
}

async function replayTraced(
  run: BlockRun,
  block: Block,
  { txIndex, options }: TraceBlockArgs,
  budget: TraceBudget,
): Promise<TxTrace[]> {
  const { machine } = run;
  const observer = new EvmObserver(machine);
  const traces: TxTrace[] = [];
  try {
    for (const [index, raw] of block.transactions.entries()) {
      if (txIndex !== undefined && index > txIndex) break;
      const tx = decodeEnvelope(raw, block.transactionHashes[index]);
      if (txIndex !== undefined && index < txIndex) {
        await replayTx(run, tx);
        continue;
      }
      budget.take(ENTRY_BYTES);
      const tracer = createTracer(options, budget, placeOf(block, index));
      const about = { message: tx, feeRecipient: block.header.feeRecipient };
      await followMessage(observer, tracer, machine, about, () => replayTx(run, tx));
      traces.push({ txHash: tx.hash, result: tracer.result() });
    }
  } finally {
    observer.close();
  }
  machine.release();
  return traces;
}

function placeOf({ header, transactionHashes }: Block, txIndex: number) {
  return {
    blockHash: header.hash,
    blockNumber: header.number,
    txHash: transactionHashes[txIndex],
    txIndex,
  };
}
