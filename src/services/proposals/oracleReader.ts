import { decodeFunctionResult, encodeFunctionData } from "viem";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import { decodeProposalExtraData, GAME_TYPE } from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import { type Address, fromHex, type Hash, type Hex, ZERO_ADDRESS } from "../../util/hex.js";
import type { OracleReader, ProposalState, StakeState } from "./types.js";

const { abi } = BlockOracle;

/** Reads BlockOracle by `eth_call` at the hash of an L1 block, so that all answers belong together. */
export class RpcOracleReader implements OracleReader {
  readonly #rpc: JsonRpc;
  readonly #oracle: Address;

  constructor(oracle: Address, deps: { rpc: JsonRpc }) {
    this.#oracle = oracle;
    this.#rpc = deps.rpc;
  }

  async getCount(at: L1BlockRef): Promise<bigint> {
    const [answer] = await this.#call(at, [
      encodeFunctionData({ abi, functionName: "proposalCount" }),
    ]);
    return decodeFunctionResult({ abi, functionName: "proposalCount", data: answer as Hex });
  }

  async getAnchor(at: L1BlockRef): Promise<Address | null> {
    const [data] = await this.#call(at, [encodeFunctionData({ abi, functionName: "anchorGame" })]);
    const game = decodeFunctionResult({ abi, functionName: "anchorGame", data: data as Hex });
    return game === ZERO_ADDRESS ? null : (game.toLowerCase() as Address);
  }

  async getStake(account: Address, at: L1BlockRef): Promise<StakeState> {
    const call = encodeFunctionData({ abi, functionName: "stakeOf", args: [account] });
    const [data] = await this.#call(at, [call]);
    const [amountWei, isStanding, standsOn] = decodeFunctionResult({
      abi,
      functionName: "stakeOf",
      data: data as Hex,
    });
    return { amountWei, standsOn: isStanding ? standsOn : null };
  }

  async getProposals(from: bigint, limit: number, at: L1BlockRef): Promise<ProposalState[]> {
    const count = await this.getCount(at);
    const end = from + BigInt(limit) < count ? from + BigInt(limit) : count;
    if (end <= from) return [];
    const indexes = Array.from({ length: Number(end - from) }, (_, i) => from + BigInt(i));
    const claimsCall = encodeFunctionData({
      abi,
      functionName: "findLatestGames",
      args: [GAME_TYPE, end - 1n, end - from],
    });
    const nodeCalls = indexes.map((index) =>
      encodeFunctionData({ abi, functionName: "proposalAt", args: [index] }),
    );
    const [claimsData, ...nodesData] = await this.#call(at, [claimsCall, ...nodeCalls]);
    const claims = decodeFunctionResult({
      abi,
      functionName: "findLatestGames",
      data: claimsData as Hex,
    });
    const claimOf = new Map(claims.map((claim) => [claim.index, claim]));
    return indexes.flatMap((index, i) => {
      const claim = claimOf.get(index);
      return claim ? [toState(index, claim, nodesData[i] as Hex)] : [];
    });
  }

  async #call(at: L1BlockRef, calls: Hex[]): Promise<Hex[]> {
    const answers = await this.#rpc.batch(
      calls.map((data) => ({
        method: "eth_call",
        params: [{ to: this.#oracle, data }, { blockHash: at.hash }],
      })),
    );
    return answers as Hex[];
  }
}

function toState(
  index: bigint,
  claim: { rootClaim: Hash; extraData: Hex },
  nodeData: Hex,
): ProposalState {
  const node = decodeFunctionResult({ abi, functionName: "proposalAt", data: nodeData });
  const { l2BlockNumber, parentIndex, feedEnd, feedTipHash, machineRoot } = decodeProposalExtraData(
    fromHex(claim.extraData),
  );
  return {
    index,
    address: node.proposal.toLowerCase() as Address,
    parentIndex,
    rootClaim: claim.rootClaim,
    l2BlockNumber,
    feedEnd,
    feedTipHash,
    machineRoot,
    createdAt: node.createdAt,
    resolvedAt: node.resolvedAt,
    status: node.status,
  };
}
