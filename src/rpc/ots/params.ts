import type { BlockId } from "../../engine/types.js";
import { invalidParams } from "../errors.js";
import { parseBlockId } from "../params/blockId.js";
import { parseUint64 } from "../params/hex.js";

/** Longest page of transactions. */
const MAX_PAGE = 100;

/** Otterscan sends some numbers as JSON numbers, others as hex. */
export function parseNumber(value: unknown): bigint {
  if (typeof value !== "number") return parseUint64(value);
  if (!Number.isSafeInteger(value) || value < 0) throw invalidParams("not a number of a block");
  return BigInt(value);
}

/** A block by number (of either kind), tag, hash or EIP-1898's object. */
export function parseAnyBlockId(value: unknown): BlockId {
  return typeof value === "number" ? parseNumber(value) : parseBlockId(value);
}

/** Number of items of a page. */
export function parsePageSize(value: unknown): number {
  const size = parseNumber(value);
  if (size < 1n || size > BigInt(MAX_PAGE)) throw invalidParams(`page size of 1 to ${MAX_PAGE}`);
  return Number(size);
}
