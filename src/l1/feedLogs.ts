import { hasCode } from "../util/errors.js";
import type { Address, Hash, Hex } from "../util/hex.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import { wordHex } from "./provenStorage.js";
import type { RpcObject } from "./rpcValues.js";
import {
  parseAddress,
  parseHash,
  parseHex,
  parseObjects,
  parseQuantity,
  toQuantity,
} from "./rpcValues.js";

/** A log of a feed, as L1 tells it: nothing in it is proven yet. */
export interface FeedLog {
  index: bigint;
  data: Hex;
  blockNumber: bigint;
  blockHash: Hash;
  txHash: Hash;
  logIndex: number;
}

/** Which logs. */
export interface FeedLogsConfig {
  address: Address;
  topic: Hash;
  /** No log is in an earlier block. */
  startBlock: bigint;
}

const FIRST_WINDOW = 5_000n;
const MAX_WINDOW = 100_000n;
const MAX_HINTS = 1_024;
const FORGET_LIMIT_AFTER = 200;

/**
 * Finds the logs of feed elements by index. Remembers where elements were seen, so that reading on is one request, and
 * learns how many blocks the provider allows in one request.
 */
export class FeedLogs {
  readonly #rpc: JsonRpc;
  readonly #config: FeedLogsConfig;
  readonly #blockOf = new Map<bigint, bigint>();
  #window = FIRST_WINDOW;
  /** Smallest window that failed. */
  #tooLarge = MAX_WINDOW + 1n;
  #successes = 0;

  constructor(rpc: JsonRpc, config: FeedLogsConfig) {
    this.#rpc = rpc;
    this.#config = config;
  }

  /** Tells in which L1 block an element was seen; a wrong hint costs time only. */
  addHint(index: bigint, l1Number: bigint): void {
    this.#blockOf.delete(index);
    this.#blockOf.set(index, l1Number);
    if (this.#blockOf.size > MAX_HINTS) {
      this.#blockOf.delete(this.#blockOf.keys().next().value as bigint);
    }
  }

  /**
   * Logs of the elements first..last in blocks up to `lastBlock`, by index; several of one index if L1 says so.
   * Indexes without a log are absent. Shapes: at most 128 elements.
   * Errors: L1_LIED if a log does not fit the filter.
   */
  async find(first: bigint, last: bigint, lastBlock: bigint): Promise<Map<bigint, FeedLog[]>> {
    const start = this.#startFor(first);
    const found = await this.#scan(first, last, start, lastBlock);
    if (found.size === Number(last - first + 1n) || start === this.#config.startBlock) return found;
    // The hints were of a chain that was reorganized away: begin at the start.
    this.#blockOf.clear();
    return this.#scan(first, last, this.#config.startBlock, lastBlock);
  }

  #startFor(first: bigint): bigint {
    let bestIndex = -1n;
    let start = this.#config.startBlock;
    for (const [index, l1Number] of this.#blockOf) {
      if (index <= first && index > bestIndex) {
        bestIndex = index;
        start = l1Number;
      }
    }
    return start;
  }

  async #scan(first: bigint, last: bigint, start: bigint, lastBlock: bigint) {
    const wanted = Number(last - first + 1n);
    const indexes = Array.from({ length: wanted }, (_, i) => wordHex(first + BigInt(i)));
    const found = new Map<bigint, FeedLog[]>();
    for (let from = start; from <= lastBlock && found.size < wanted; ) {
      const to = from + this.#window - 1n < lastBlock ? from + this.#window - 1n : lastBlock;
      const logs = await this.#fetch(from, to, indexes);
      if (logs === "window too large") continue;
      for (const log of logs) {
        if (
          log.index < first ||
          log.index > last ||
          log.blockNumber < from ||
          log.blockNumber > to
        ) {
          throw new L1Error("L1_LIED", { what: "log outside the filter", index: log.index });
        }
        found.set(log.index, [...(found.get(log.index) ?? []), log]);
      }
      from = to + 1n;
    }
    return found;
  }

  async #fetch(from: bigint, to: bigint, indexes: Hash[]): Promise<FeedLog[] | "window too large"> {
    const { address, topic } = this.#config;
    const span = to - from + 1n;
    const range = { fromBlock: toQuantity(from), toBlock: toQuantity(to) };
    let answer: unknown;
    try {
      answer = await this.#rpc.call("eth_getLogs", [
        { address, topics: [topic, indexes], ...range },
      ]);
    } catch (error) {
      // Providers word their limits in many ways, so any refusal is first taken for one.
      if (!hasCode(error, "L1_RPC_ERROR") || span <= 1n) throw error;
      this.#tooLarge = span;
      this.#window = span / 4n > 0n ? span / 4n : 1n;
      return "window too large";
    }
    this.#grow(span);
    return parseObjects(answer, "logs")
      .filter((log) => log.removed !== true)
      .map((log) => this.#parseLog(log));
  }

  #grow(span: bigint): void {
    this.#successes++;
    if (this.#successes % FORGET_LIMIT_AFTER === 0) this.#tooLarge = MAX_WINDOW + 1n;
    const doubled = this.#window * 2n;
    if (span === this.#window && doubled < this.#tooLarge) this.#window = doubled;
  }

  #parseLog(log: RpcObject): FeedLog {
    const topics = log.topics;
    if (!Array.isArray(topics)) throw new L1Error("L1_BAD_RESPONSE", { field: "topics" });
    const address = parseAddress(log.address, "address");
    if (address !== this.#config.address || topics[0] !== this.#config.topic) {
      throw new L1Error("L1_LIED", { what: "log outside the filter", address });
    }
    return {
      index: parseQuantity(topics[1], "topics[1]"),
      data: parseHex(log.data, "data"),
      blockNumber: parseQuantity(log.blockNumber, "blockNumber"),
      blockHash: parseHash(log.blockHash, "blockHash"),
      txHash: parseHash(log.transactionHash, "transactionHash"),
      logIndex: Number(parseQuantity(log.logIndex, "logIndex")),
    };
  }
}
