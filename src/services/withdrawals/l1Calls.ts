import { parseL1Header, toBlockRef } from "../../l1/header.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import { parseHex, parseObject } from "../../l1/rpcValues.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Address, Hash, Hex } from "../../util/hex.js";
import { type ContractRead, decodeAggregate3, encodeAggregate3 } from "./multicall.js";

/** Calls in one `eth_call`: far from the gas that nodes allow. */
const MAX_CALLS = 500;

/** Reads of one caller that wait to be sent with those of others. */
interface Waiting {
  reads: readonly ContractRead[];
  resolve(answers: (Hex | undefined)[]): void;
  reject(error: unknown): void;
}

/** Reads of many contracts at one L1 block, few requests. Errors: those of JsonRpc, L1_LIED. */
export class L1Calls {
  readonly #rpc: JsonRpc;
  readonly #multicall: Address;
  /** By L1 block, until the end of the turn. */
  readonly #waiting = new Map<Hash, Waiting[]>();
  #head: Promise<L1BlockRef> | undefined;

  constructor(multicall: Address, deps: { rpc: JsonRpc }) {
    this.#multicall = multicall;
    this.#rpc = deps.rpc;
  }

  /** L1's head now. Callers that ask at the same time share one request. */
  async head(): Promise<L1BlockRef> {
    this.#head ??= this.#fetchHead().finally(() => {
      this.#head = undefined;
    });
    return this.#head;
  }

  /** What each read returned, in order; undefined for one that reverted. Callers that ask at the same time share requests. */
  async read(reads: readonly ContractRead[], at: L1BlockRef): Promise<(Hex | undefined)[]> {
    if (reads.length === 0) return [];
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(at.hash);
      if (waiting) {
        waiting.push({ reads, resolve, reject });
        return;
      }
      this.#waiting.set(at.hash, [{ reads, resolve, reject }]);
      setImmediate(() => this.#send(at));
    });
  }

  #send(at: L1BlockRef): void {
    const waiting = this.#waiting.get(at.hash) ?? [];
    this.#waiting.delete(at.hash);
    const reads = waiting.flatMap((caller) => caller.reads);
    this.#readAll(reads, at).then(
      (answers) => {
        let from = 0;
        for (const caller of waiting) {
          caller.resolve(answers.slice(from, from + caller.reads.length));
          from += caller.reads.length;
        }
      },
      (error) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }

  async #fetchHead(): Promise<L1BlockRef> {
    const block = await this.#rpc.call("eth_getBlockByNumber", ["latest", false]);
    return toBlockRef(parseL1Header(parseObject(block, "block")));
  }

  async #readAll(reads: readonly ContractRead[], at: L1BlockRef): Promise<(Hex | undefined)[]> {
    const parts: Promise<(Hex | undefined)[]>[] = [];
    for (let from = 0; from < reads.length; from += MAX_CALLS) {
      parts.push(this.#readSome(reads.slice(from, from + MAX_CALLS), at));
    }
    return (await Promise.all(parts)).flat();
  }

  async #readSome(reads: readonly ContractRead[], at: L1BlockRef): Promise<(Hex | undefined)[]> {
    const answer = await this.#rpc.call("eth_call", [
      { to: this.#multicall, data: encodeAggregate3(reads) },
      { blockHash: at.hash },
    ]);
    return decodeAggregate3(parseHex(answer, "eth_call"), reads.length);
  }
}
