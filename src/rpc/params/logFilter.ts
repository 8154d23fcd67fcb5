import type { Address, Hash } from "../../util/hex.js";
import { invalidParams } from "../errors.js";
import { ownField, parseList, parseObject } from "./basic.js";
import { parseBlockNumber } from "./blockId.js";
import { parseAddress, parseHash } from "./hex.js";

const MAX_ALTERNATIVES = 1_000;
const MAX_TOPICS = 4;

/** A block number or tag, not yet looked up. */
export type BlockNumberOrTag = ReturnType<typeof parseBlockNumber>;

/** The filter object of eth_getLogs, eth_newFilter and the logs subscription. */
export interface LogQuery {
  blockHash: Hash | undefined;
  fromBlock: BlockNumberOrTag | undefined;
  toBlock: BlockNumberOrTag | undefined;
  addresses: Address[];
  topics: Hash[][];
}

/** What an empty filter object means: everything. */
export const ANY_LOG: LogQuery = {
  blockHash: undefined,
  fromBlock: undefined,
  toBlock: undefined,
  addresses: [],
  topics: [],
};

/** Parses a filter object. Errors: RPC_INVALID_PARAMS. */
export function parseLogQuery(value: unknown): LogQuery {
  const object = parseObject(value);
  const blockHash = ownField(object, "blockHash");
  const from = ownField(object, "fromBlock");
  const to = ownField(object, "toBlock");
  if (blockHash !== undefined && (from !== undefined || to !== undefined)) {
    throw invalidParams(
      "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other",
    );
  }
  return {
    blockHash: blockHash === undefined ? undefined : parseHash(blockHash),
    fromBlock: from === undefined ? undefined : parseBlockNumber(from),
    toBlock: to === undefined ? undefined : parseBlockNumber(to),
    addresses: parseAddresses(ownField(object, "address")),
    topics: parseTopics(ownField(object, "topics")),
  };
}

function parseAddresses(value: unknown): Address[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [parseAddress(value)];
  return parseList(value, MAX_ALTERNATIVES, parseAddress);
}

function parseTopics(value: unknown): Hash[][] {
  if (value === undefined) return [];
  const topics = parseList(value, MAX_TOPICS, (position) => {
    if (position === null) return [];
    if (!Array.isArray(position)) return [parseHash(position)];
    // A null among the alternatives matches everything, as in geth.
    if (position.includes(null)) return [];
    return parseList(position, MAX_ALTERNATIVES, parseHash);
  });
  return topics;
}
