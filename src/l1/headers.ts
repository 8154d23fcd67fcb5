import { concatBytes } from "@ethereumjs/util";
import type { L1BlockRef } from "../protocol/types.js";
import { hasCode } from "../util/errors.js";
import { fromHex, type Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { L1Error } from "./errors.js";
import { parseL1Header, toBlockRef } from "./header.js";
import type { JsonRpc, RpcCall } from "./jsonRpc.js";
import { parseObject, parseQuantity, toQuantity } from "./rpcValues.js";
import type { L1Header } from "./types.js";

/** Head, safe and finalized block of L1. */
export interface L1Heads {
  head: L1BlockRef;
  safe: L1BlockRef;
  finalized: L1BlockRef;
}

const MAX_CACHED = 4096;
const TAGS = ["finalized", "safe", "latest"] as const;

/**
 * L1 headers, each checked against its hash. By hash they come from a cache; by number L1 is always asked, because a
 * reorg changes what a number means, except for blocks that were seen finalized.
 */
export class L1Headers {
  readonly #rpc: JsonRpc;
  readonly #chainId: number;
  readonly #byHash = new Map<Hash, L1Header>();
  readonly #finalByNumber = new Map<bigint, Hash>();
  #finalizedNumber = -1n;

  constructor(rpc: JsonRpc, chainId: number) {
    this.#rpc = rpc;
    this.#chainId = chainId;
  }

  /** Errors: L1_WRONG_CHAIN; L1_LIED if the order of the three is impossible. */
  async getHeads(): Promise<L1Heads> {
    for (let attempt = 1; ; attempt++) {
      const [finalized, safe, head] = await this.#fetchHeads();
      if (finalized.number <= safe.number && safe.number <= head.number) {
        if (finalized.number > this.#finalizedNumber) this.#finalizedNumber = finalized.number;
        return { head: toBlockRef(head), safe: toBlockRef(safe), finalized: toBlockRef(finalized) };
      }
      // L1 may have moved between the three answers: once is no lie.
      if (attempt === 2) {
        const numbers = { head: head.number, safe: safe.number, finalized: finalized.number };
        throw new L1Error("L1_LIED", { what: "order of heads", ...numbers });
      }
    }
  }

  /** The canonical header of this number. Errors: L1_BLOCK_MISSING, L1_LIED. */
  async getByNumber(number: bigint): Promise<L1Header> {
    const [header] = await this.#fetchByNumber([number]);
    return header as L1Header;
  }

  /** Errors: L1_BLOCK_MISSING, L1_LIED. */
  async getByHash(hash: Hash): Promise<L1Header> {
    const cached = this.#byHash.get(hash);
    if (cached !== undefined) return cached;
    const answer = await this.#rpc.call("eth_getBlockByHash", [hash, false]);
    if (answer === null) throw new L1Error("L1_BLOCK_MISSING", { hash });
    const header = this.#accept(answer);
    if (header.hash !== hash) {
      throw new L1Error("L1_LIED", {
        what: "another block than asked for",
        hash,
        found: header.hash,
      });
    }
    return header;
  }

  /**
   * Canonical headers first..last, each the parent of the next.
   * Errors: L1_BLOCK_MISSING; L1_LIED if they do not link, or do not hash to `originsHash` (a reorg between two answers
   * looks the same: read the heads again).
   */
  async getRange(first: bigint, last: bigint, originsHash?: Hash): Promise<L1Header[]> {
    for (let attempt = 1; ; attempt++) {
      const numbers = Array.from(
        { length: Number(last - first + 1n) },
        (_, i) => first + BigInt(i),
      );
      const headers = numbers.length === 0 ? [] : await this.#fetchByNumber(numbers);
      const problem = findProblem(headers, originsHash);
      if (problem === undefined) return headers;
      for (const number of numbers) this.#finalByNumber.delete(number);
      if (attempt === 2) throw new L1Error("L1_LIED", { what: problem, first, last });
    }
  }

  /** True if L1's canonical chain holds this block now. */
  async isCanonical(block: { number: bigint; hash: Hash }): Promise<boolean> {
    try {
      return (await this.getByNumber(block.number)).hash === block.hash;
    } catch (error) {
      if (hasCode(error, "L1_BLOCK_MISSING")) return false;
      throw error;
    }
  }

  async #fetchHeads(): Promise<[L1Header, L1Header, L1Header]> {
    const calls: RpcCall[] = TAGS.map((tag) => ({
      method: "eth_getBlockByNumber",
      params: [tag, false],
    }));
    const chainIdCall = { method: "eth_chainId", params: [] };
    let answers: unknown[];
    try {
      answers = await this.#rpc.batch([chainIdCall, ...calls]);
    } catch (error) {
      if (!hasCode(error, "L1_RPC_ERROR")) throw error;
      answers = [await this.#rpc.call("eth_chainId", [])];
      for (const { params } of calls) answers.push(await this.#fetchTag(params));
    }
    const chainId = Number(parseQuantity(answers[0], "chainId"));
    if (chainId !== this.#chainId) {
      throw new L1Error("L1_WRONG_CHAIN", { expected: this.#chainId, found: chainId });
    }
    const latest = this.#accept(answers[3]);
    // A young chain has nothing final yet: its first block is.
    const genesis =
      answers[1] === null || answers[2] === null ? await this.getByNumber(0n) : latest;
    const finalized = answers[1] === null ? genesis : this.#accept(answers[1]);
    const safe = answers[2] === null ? finalized : this.#accept(answers[2]);
    return [finalized, safe, latest];
  }

  /** Null where L1 does not offer `safe` or `finalized`. */
  async #fetchTag(params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#rpc.call("eth_getBlockByNumber", params);
    } catch (error) {
      if (params[0] !== "latest" && hasCode(error, "L1_RPC_ERROR")) return null;
      throw error;
    }
  }

  async #fetchByNumber(numbers: readonly bigint[]): Promise<L1Header[]> {
    const found = numbers.map((number) => {
      const hash = this.#finalByNumber.get(number);
      return hash === undefined ? undefined : this.#byHash.get(hash);
    });
    const missing = numbers.filter((_, i) => found[i] === undefined);
    const calls = missing.map((number) => ({
      method: "eth_getBlockByNumber",
      params: [toQuantity(number), false],
    }));
    const answers =
      calls.length === 1
        ? [await this.#rpc.call("eth_getBlockByNumber", calls[0]?.params ?? [])]
        : await this.#rpc.batch(calls);
    const fetched = missing.map((number, i) => {
      if (answers[i] === null) throw new L1Error("L1_BLOCK_MISSING", { number });
      const header = this.#accept(answers[i]);
      if (header.number !== number) {
        throw new L1Error("L1_LIED", {
          what: "another block than asked for",
          number,
          found: header.number,
        });
      }
      return header;
    });
    return found.map((header) => header ?? (fetched.shift() as L1Header));
  }

  #accept(answer: unknown): L1Header {
    const header = parseL1Header(parseObject(answer, "block"));
    remember(this.#byHash, header.hash, header);
    if (header.number <= this.#finalizedNumber) {
      remember(this.#finalByNumber, header.number, header.hash);
    }
    return header;
  }
}

function findProblem(headers: readonly L1Header[], originsHash?: Hash): string | undefined {
  for (let i = 1; i < headers.length; i++) {
    if (headers[i]?.parentHash !== headers[i - 1]?.hash) return "headers do not link";
  }
  if (originsHash === undefined) return undefined;
  const joined = concatBytes(...headers.map((header) => fromHex(header.hash)));
  return keccakHex(joined) === originsHash ? undefined : "headers do not hash to originsHash";
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_CACHED) map.delete(map.keys().next().value as Key);
}
