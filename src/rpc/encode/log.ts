import type { FoundLog } from "../../engine/types.js";
import { toHex } from "../../util/hex.js";
import { quantity } from "./hex.js";

/** Log in geth's JSON. */
export function encodeLog(log: FoundLog): Record<string, unknown> {
  return {
    address: log.address,
    topics: log.topics,
    data: toHex(log.data),
    blockNumber: quantity(log.blockNumber),
    transactionHash: log.transactionHash,
    transactionIndex: quantity(log.transactionIndex),
    blockHash: log.blockHash,
    blockTimestamp: quantity(log.blockTimestamp),
    logIndex: quantity(log.logIndex),
    removed: log.removed,
  };
}
