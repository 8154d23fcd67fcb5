import type { BlockId } from "../../engine/types.js";
import { invalidParams } from "../errors.js";
import { ownField, parseBoolean, parseObject } from "./basic.js";
import { parseHash, parseQuantity } from "./hex.js";

const TAGS: ReadonlySet<unknown> = new Set(["earliest", "latest", "pending", "safe", "finalized"]);
const MAX_BLOCK_NUMBER = 2n ** 63n - 1n;

/** Block number or tag, as `eth_getBlockByNumber` takes it. */
export function parseBlockNumber(value: unknown): Exclude<BlockId, object> {
  if (TAGS.has(value)) return value as "latest";
  const number = parseQuantity(value, 64);
  if (number > MAX_BLOCK_NUMBER) throw invalidParams("block number larger than int64");
  return number;
}

/** Number, tag, block hash, or EIP-1898's object. */
export function parseBlockId(value: unknown): BlockId {
  if (typeof value === "string") {
    return value.length === 66 ? { hash: parseHash(value) } : parseBlockNumber(value);
  }
  const object = parseObject(value);
  const hash = ownField(object, "blockHash");
  const number = ownField(object, "blockNumber");
  if (hash !== undefined && number !== undefined) {
    throw invalidParams("cannot specify both BlockHash and BlockNumber, choose one or the other");
  }
  if (number !== undefined) return parseBlockNumber(number);
  if (hash === undefined) throw invalidParams("blockHash or blockNumber expected");
  const requireCanonical = ownField(object, "requireCanonical");
  return {
    hash: parseHash(hash),
    ...(requireCanonical === undefined ? {} : { requireCanonical: parseBoolean(requireCanonical) }),
  };
}
