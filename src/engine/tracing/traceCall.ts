import { fromHex, type Hash } from "../../util/hex.js";
import { applyStateOverrides, callEnv, callMessage, gasPriceOf } from "../calls/callMessage.js";
import { capGas, payUpFront } from "../calls/callRunner.js";
import { hashesBelow } from "../calls/hashesBelow.js";
import { MovedPrecompiles } from "../calls/movedPrecompiles.js";
import { decodeEnvelope } from "../envelope.js";
import { EngineError } from "../errors.js";
import { EvmMachine } from "../execution/evmMachine.js";
import { type BlockEnv, runMessage } from "../execution/runMessage.js";
import type { ExecutionContext } from "../executionContext.js";
import { BlockState } from "../state/blockState.js";
import type { Block, BlockHeader, CallOptions, CallRequest } from "../types.js";
import { traceBudget } from "./budget.js";
import { createTracer } from "./createTracer.js";
import { EvmObserver } from "./evmObserver.js";
import { replayTx, startReplay, type TraceLimits, timeoutOf, traceLimiter } from "./traceBlock.js";
import { followMessage } from "./traceMessage.js";
import type { TraceOptions } from "./types.js";

/** A message to trace on the state after a block, or in it before one of its transactions. Shapes: plain data. */
export interface TraceCallArgs {
  request: CallRequest;
  block: Hash;
  /** Undefined: after all transactions. */
  txIndex?: number | undefined;
  call: CallOptions;
  options: TraceOptions;
  limits: TraceLimits;
}

/** A call stands on no block. */
const NOWHERE = { blockHash: undefined, blockNumber: undefined, txHash: undefined, txIndex: 0 };

function requireBlock({ blockAt }: ExecutionContext, hash: Hash): Block {
  const block = blockAt({ hash });
  if (!block) throw new EngineError("ENGINE_UNKNOWN_BLOCK", { hash });
  return block;
}

/** A machine on the state after a block; a call into the block after it knows the hash of this one. */
async function machineAfter(
  { rules, stores }: ExecutionContext,
  header: BlockHeader,
  env: BlockEnv,
): Promise<EvmMachine> {
  const isNext = env.number === header.number + 1n;
  const from = isNext ? { number: env.number, parentHash: header.hash } : header;
  const hashes = hashesBelow((hash) => stores.ancestors.getHeader(hash), from);
  const state = new BlockState(stores.states, fromHex(header.stateRoot));
  return EvmMachine.create(rules.evmAt(env), state, hashes);
}

/** A machine in the middle of a block, before one of its transactions. */
async function machineBefore(
  execution: ExecutionContext,
  block: Block,
  txIndex: number,
  timeoutMs: number,
): Promise<EvmMachine> {
  if (txIndex >= block.transactions.length) {
    const reason = `transaction index ${txIndex} out of range for block ${block.header.hash}`;
    throw new EngineError("ENGINE_NOT_TRACEABLE", { reason });
  }
  const run = await startReplay(execution, block, timeoutMs);
  for (const [index, raw] of block.transactions.slice(0, txIndex).entries()) {
    await replayTx(run, decodeEnvelope(raw, block.transactionHashes[index]));
  }
  return run.machine;
}

/**
 * Runs a message with a tracer. It pays its gas price, but no L1 fee.
 * Errors: ENGINE_TRACER_INVALID, ENGINE_CALL_INVALID, ENGINE_UNKNOWN_BLOCK, ENGINE_NOT_TRACEABLE, ENGINE_TRACE_TOO_LARGE,
 * ENGINE_CALL_TIMEOUT, ENGINE_CALL_BUSY.
 */
export async function traceCall(
  execution: ExecutionContext,
  { request, block: hash, txIndex, call, options, limits }: TraceCallArgs,
): Promise<unknown> {
  return traceLimiter.run(async () => {
    const block = requireBlock(execution, hash);
    const { header } = block;
    const tracer = createTracer(options, traceBudget(limits.maxBytes), NOWHERE);
    const timeoutMs = timeoutOf(options, limits);
    const blobBaseFee = execution.rules.blobBaseFee?.(header);
    const env = callEnv(header, call.blockOverrides ?? {}, request, blobBaseFee);
    const machine =
      txIndex === undefined
        ? await machineAfter(execution, header, env)
        : await machineBefore(execution, block, txIndex, timeoutMs);
    if (txIndex === undefined) machine.limitTime(timeoutMs);
    const { state } = machine;
    const precompiles = call.stateOverrides && new MovedPrecompiles(machine);
    if (call.stateOverrides) applyStateOverrides(state, call.stateOverrides, precompiles);
    const message = callMessage(request, capGas(request.gas));
    const price = gasPriceOf(request, env);
    const { feeRecipient, baseFeePerGas } = env;
    const observer = new EvmObserver(machine);
    try {
      await followMessage(observer, tracer, machine, { message, feeRecipient }, async () => {
        payUpFront(machine, env, message, request, price);
        const ran = await runMessage(machine, env, message, price, (gasUsed) => {
          state.addBalance(message.from, (message.gasLimit - gasUsed) * price);
          const tip = price - baseFeePerGas;
          if (tip > 0n) state.addBalance(feeRecipient, gasUsed * tip);
        });
        return ran.gasUsed;
      });
    } finally {
      observer.close();
    }
    precompiles?.remove();
    machine.release();
    return tracer.result();
  });
}
