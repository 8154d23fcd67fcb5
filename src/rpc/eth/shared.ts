import { EngineError } from "../../engine/errors.js";
import type { ExecutionContext } from "../../engine/executionContext.js";
import type { Block, BlockHeader, BlockId, FoundTransaction, Receipt } from "../../engine/types.js";
import type { TaskRunner } from "../../engine/workers/taskRunner.js";
import type { Hash } from "../../util/hex.js";
import { JsonText, receiptText } from "../encode/jsonText.js";
import { RpcError } from "../errors.js";
import { parseBlockId, parseBlockNumber } from "../params/blockId.js";
import type { ParsedCall } from "../params/callRequest.js";
import { optional, required } from "../params/param.js";
import type { RpcContext } from "../types.js";

/** Block parameter that means latest when left out. */
export const blockIdParam = optional<BlockId>(parseBlockId, "latest");
/** Block number or tag that must be given. */
export const blockNumberParam = required<BlockId>(parseBlockNumber);

/** Header of a block that must exist. Errors: RPC_UNKNOWN_BLOCK. */
export async function requireHeader(context: RpcContext, id: BlockId): Promise<BlockHeader> {
  const header = await context.engine.getHeader(id);
  if (header === undefined) throw new RpcError("RPC_UNKNOWN_BLOCK", { reason: "header not found" });
  return header;
}

/** What executes blocks and messages in this process. Errors: RPC_NO_EXECUTION. */
export function requireExecution({ engine }: RpcContext): ExecutionContext {
  if (!engine.execution) throw new RpcError("RPC_NO_EXECUTION");
  return engine.execution;
}

/** What runs long tasks, in threads of their own where there are any. Errors: RPC_NO_EXECUTION. */
export function requireTasks({ engine }: RpcContext): TaskRunner {
  if (!engine.tasks) throw new RpcError("RPC_NO_EXECUTION");
  return engine.tasks;
}

/** A block with its transactions in full, or null. */
export async function readFullBlock(
  context: RpcContext,
  id: BlockId,
): Promise<{ block: Block; transactions: FoundTransaction[] } | null> {
  const block = await context.engine.getBlock(id);
  if (block === undefined) return null;
  const transactions = await context.engine.getTransactions(block.header.hash);
  return { block, transactions: transactions ?? [] };
}

/** One transaction of a block by position, or null. */
export async function transactionAt(
  context: RpcContext,
  id: BlockId,
  index: number,
): Promise<FoundTransaction | null> {
  const header = await context.engine.getHeader(id);
  if (header === undefined) return null;
  return (await context.engine.getTransactions(header.hash))?.[index] ?? null;
}

/**
 * Looks up by transaction hash; a deposit that was included under another source hash than the one its L1 log suggests
 * is found under both hashes. Source: docs/protocol/deposits.md#source-hash
 */
export async function findByHash<T>(
  context: RpcContext,
  hash: Hash,
  find: (hash: Hash) => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await find(hash);
  if (found !== undefined) return found;
  const alias = context.node?.resolveDepositAlias(hash);
  return alias === undefined ? undefined : find(alias);
}

/** Receipt in JSON; its block gives the time for its logs. */
export async function encodeFoundReceipt(context: RpcContext, receipt: Receipt): Promise<JsonText> {
  const header = await context.engine.getHeader({ hash: receipt.blockHash });
  return new JsonText(receiptText(receipt, header?.timestamp ?? 0n));
}

/** Request of a call, its chain id checked and its gas capped. Errors: ENGINE_CALL_INVALID. */
export function checkedCall(context: RpcContext, call: ParsedCall): ParsedCall["request"] {
  const chainId = BigInt(context.engine.chainId);
  if (call.chainId !== undefined && call.chainId !== chainId) {
    const reason = `chainId does not match node's (have=${call.chainId}, want=${chainId})`;
    throw new EngineError("ENGINE_CALL_INVALID", { reason });
  }
  const { gas } = call.request;
  if (gas === undefined || gas <= context.limits.callGas) return call.request;
  return { ...call.request, gas: context.limits.callGas };
}
