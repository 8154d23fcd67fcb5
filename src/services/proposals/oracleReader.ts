import { decodeFunctionResult, encodeFunctionData } from "viem";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import { decodeProposalExtraData, GAME_TYPE } from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import { type Address, fromHex, type Hash, type Hex, ZERO_ADDRESS } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { OracleReader, ProposalState, StakeState } from "./types.js";

const { abi } = BlockOracle;

/** What BlockOracle says at one L1 block, which never changes. */
interface KnownAt {
  at: Hash;
  count: Promise<bigint> | undefined;
  states: Map<bigint, ProposalState>;
}

/** A proposal as it was answered, and what that says. */
interface Decoded {
  extraData: Hex;
  nodeData: Hex;
  state: ProposalState;
}

/** Proposals whose answers are kept to see whether they have changed. */
const KEPT = 4_096;

/**
 * Reads BlockOracle by `eth_call` at the hash of an L1 block, so that all answers belong together. Several roles ask the same of
 * each new block, so what is known of the newest one is not asked again.
 */
export class RpcOracleReader implements OracleReader {
  readonly #rpc: JsonRpc;
  readonly #oracle: Address;
  readonly #decoded = new Lru<bigint, Decoded>(KEPT);
  #known: KnownAt | undefined;

  constructor(oracle: Address, deps: { rpc: JsonRpc }) {
    this.#oracle = oracle;
    this.#rpc = deps.rpc;
  }

  getCount(at: L1BlockRef): Promise<bigint> {
    const known = this.#knownAt(at);
    known.count ??= this.#readCount(at).catch((error) => {
      known.count = undefined;
      throw error;
    });
    return known.count;
  }

  #knownAt(at: L1BlockRef): KnownAt {
    if (this.#known?.at !== at.hash) {
      this.#known = { at: at.hash, count: undefined, states: new Map() };
    }
    return this.#known;
  }

  async #readCount(at: L1BlockRef): Promise<bigint> {
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
    const { states } = this.#knownAt(at);
    const known = indexes.flatMap((index) => states.get(index) ?? []);
    if (known.length === indexes.length) return known;
    const read = await this.#readProposals(indexes, at);
    if (states.size + read.length > KEPT) states.clear();
    for (const state of read) states.set(state.index, state);
    return read;
  }

  /** `indexes` ascending and without gaps. */
  async #readProposals(indexes: readonly bigint[], at: L1BlockRef): Promise<ProposalState[]> {
    const newest = indexes.at(-1) as bigint;
    const claimsCall = encodeFunctionData({
      abi,
      functionName: "findLatestGames",
      args: [GAME_TYPE, newest, BigInt(indexes.length)],
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
      return claim ? [this.#decode(index, claim, nodesData[i] as Hex)] : [];
    });
  }

  #decode(index: bigint, claim: { rootClaim: Hash; extraData: Hex }, nodeData: Hex): ProposalState {
    const before = this.#decoded.get(index);
    const { rootClaim, extraData } = claim;
    const isSame =
      before?.nodeData === nodeData &&
      before.extraData === extraData &&
      before.state.rootClaim === rootClaim;
    if (isSame) return before.state;
    const state = toState(index, claim, nodeData);
    this.#decoded.set(index, { extraData, nodeData, state });
    return state;
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
