import { decodeFunctionResult, encodeFunctionData, parseAbi } from "viem";
import { parseL1Header, toBlockRef } from "../../l1/header.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import { parseHex, parseObject } from "../../l1/rpcValues.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Address, Hex } from "../../util/hex.js";

const multicallAbi = parseAbi([
  "struct Call { address target; bool allowFailure; bytes callData; }",
  "struct Result { bool success; bytes returnData; }",
  "function aggregate3(Call[] calls) payable returns (Result[] results)",
]);
/** Calls in one `eth_call`: far from the gas that nodes allow. */
const MAX_CALLS = 500;

/** One read of a contract. */
export interface ContractRead {
  target: Address;
  data: Hex;
}

/** Reads of many contracts at one L1 block, few requests. Errors: those of JsonRpc, L1_LIED. */
export class L1Calls {
  readonly #rpc: JsonRpc;
  readonly #multicall: Address;
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

  /** What each read returned, in order; undefined for one that reverted. */
  async read(reads: readonly ContractRead[], at: L1BlockRef): Promise<(Hex | undefined)[]> {
    const answers: (Hex | undefined)[] = [];
    for (let from = 0; from < reads.length; from += MAX_CALLS) {
      answers.push(...(await this.#readSome(reads.slice(from, from + MAX_CALLS), at)));
    }
    return answers;
  }

  async #fetchHead(): Promise<L1BlockRef> {
    const block = await this.#rpc.call("eth_getBlockByNumber", ["latest", false]);
    return toBlockRef(parseL1Header(parseObject(block, "block")));
  }

  async #readSome(reads: readonly ContractRead[], at: L1BlockRef): Promise<(Hex | undefined)[]> {
    const calls = reads.map(({ target, data }) => ({
      target,
      allowFailure: true,
      callData: data,
    }));
    const data = encodeFunctionData({
      abi: multicallAbi,
      functionName: "aggregate3",
      args: [calls],
    });
    const answer = await this.#rpc.call("eth_call", [
      { to: this.#multicall, data },
      { blockHash: at.hash },
    ]);
    const results = decodeFunctionResult({
      abi: multicallAbi,
      functionName: "aggregate3",
      data: parseHex(answer, "eth_call"),
    });
    return results.map(({ success, returnData }) => (success ? returnData : undefined));
  }
}
