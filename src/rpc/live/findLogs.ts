import type { Engine, FoundLog, LogFilter } from "../../engine/types.js";
import { quantity } from "../encode/hex.js";
import { RpcError } from "../errors.js";
import type { BlockNumberOrTag, LogQuery } from "../params/logFilter.js";
import type { GatewayLimits } from "../types.js";
import { matchesLog } from "./logMatch.js";

/**
 * Logs of past blocks for eth_getLogs and eth_getFilterLogs.
 * Errors: RPC_UNKNOWN_BLOCK, RPC_INVALID_RANGE, RPC_RANGE_IN_FUTURE, RPC_LIMIT_EXCEEDED with a strictly smaller range to ask first.
 */
export async function findLogs(
  engine: Engine,
  query: LogQuery,
  limits: GatewayLimits,
): Promise<FoundLog[]> {
  if (query.blockHash !== undefined) {
    const logs = await engine.getLogsOfBlock(query.blockHash);
    if (logs === undefined) throw new RpcError("RPC_UNKNOWN_BLOCK");
    return logs.filter((log) => matchesLog(log, query));
  }
  const head = (await engine.getHeader("latest"))?.number ?? 0n;
  const fromBlock = await resolveNumber(engine, query.fromBlock ?? "latest", head);
  const wantedTo = await resolveNumber(engine, query.toBlock ?? "latest", head);
  if (fromBlock > wantedTo) throw new RpcError("RPC_INVALID_RANGE");
  if (wantedTo > head) throw new RpcError("RPC_RANGE_IN_FUTURE");
  const toBlock = wantedTo;
  if (toBlock - fromBlock >= limits.logBlocks) {
    throw limitError(
      `query exceeds max block range ${limits.logBlocks}`,
      fromBlock,
      fromBlock + limits.logBlocks - 1n,
    );
  }
  const filter: LogFilter = {
    fromBlock,
    toBlock,
    addresses: query.addresses,
    topics: query.topics,
  };
  return limitedLogs(engine, filter, limits.logItems);
}

async function limitedLogs(engine: Engine, filter: LogFilter, limit: number): Promise<FoundLog[]> {
  const logs = await engine.getLogs(filter, limit + 1);
  // A single block is always answered whole: there is no smaller range to offer.
  if (logs.length > limit && filter.fromBlock === filter.toBlock) {
    return engine.getLogs(filter, Number.MAX_SAFE_INTEGER);
  }
  if (logs.length <= limit) return logs;
  // The block of the first log too many is cut off; blocks before it fit.
  const overflow = logs[limit]?.blockNumber ?? filter.toBlock;
  const toBlock = overflow > filter.fromBlock ? overflow - 1n : filter.fromBlock;
  throw limitError(`query returned more than ${limit} results`, filter.fromBlock, toBlock);
}

function limitError(reason: string, fromBlock: bigint, toBlock: bigint): Error {
  return new RpcError("RPC_LIMIT_EXCEEDED", {
    reason: `${reason}, retry with the range ${fromBlock}-${toBlock}`,
    retry: { fromBlock: quantity(fromBlock), toBlock: quantity(toBlock) },
  });
}

/** Number of a block named by number or tag; numbers beyond the head stay as they are. */
async function resolveNumber(engine: Engine, id: BlockNumberOrTag, head: bigint): Promise<bigint> {
  if (typeof id === "bigint") return id;
  if (id === "latest" || id === "pending") return head;
  if (id === "earliest") return 0n;
  const header = await engine.getHeader(id);
  if (header === undefined) throw new RpcError("RPC_UNKNOWN_BLOCK");
  return header.number;
}
