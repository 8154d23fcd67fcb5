import { decodeFunctionData, encodeAbiParameters } from "viem";
import { BlockOracle } from "../../src/contracts/generated/BlockOracle.js";
import { L1Error } from "../../src/l1/errors.js";
import type { L1TxRequest } from "../../src/l1/types.js";
import {
  type ChainConfig,
  decodeProposalExtraData,
  GENESIS_PARENT_INDEX,
} from "../../src/protocol/index.js";
import {
  type OracleReader,
  type ProposalState,
  ProposalStatus,
  type StakeState,
} from "../../src/services/proposals/types.js";
import { type Address, fromHex, type Hash, toHex } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";
import type { FakeL1 } from "./fakeL1.js";

/** BlockOracle in memory: stakes, moves, resolution, anchor. It does not follow reorgs and does not check claim periods. */
export class FakeOracle implements OracleReader {
  readonly proposals: ProposalState[] = [];
  readonly stakes = new Map<Address, StakeState>();
  anchor: Address | null = null;
  readonly #chain: ChainConfig;
  readonly #l1: FakeL1;

  constructor(chain: ChainConfig, l1: FakeL1) {
    this.#chain = chain;
    this.#l1 = l1;
    l1.onCall = (from, request, time) => this.#call(from, request, time);
  }

  async getCount(): Promise<bigint> {
    return BigInt(this.proposals.length);
  }

  async getAnchor(): Promise<Address | null> {
    return this.anchor;
  }

  async getStake(account: Address): Promise<StakeState> {
    return this.stakes.get(account) ?? { amountWei: 0n, standsOn: null };
  }

  async getProposals(from: bigint, limit: number): Promise<ProposalState[]> {
    return this.proposals
      .slice(Number(from), Number(from) + limit)
      .map((proposal) => ({ ...proposal }));
  }

  #call(from: Address, request: L1TxRequest, time: bigint): void {
    const { functionName, args } = decodeFunctionData({
      abi: BlockOracle.abi,
      data: toHex(request.data),
    });
    if (functionName === "stake") this.#stake(from, request.valueWei ?? 0n);
    else if (functionName === "join") this.#join(from, args[0]);
    else if (functionName === "createWithProof")
      this.#create(from, args[1], fromHex(args[2]), time);
    else if (functionName === "resolveProposal") this.#resolve(args[0], time);
    else if (functionName === "setAnchorState") this.anchor = args[0].toLowerCase() as Address;
    else check(false, functionName);
  }

  #stake(from: Address, valueWei: bigint): void {
    check(valueWei === this.#chain.stakeWei && !this.stakes.has(from), "stake");
    this.stakes.set(from, { amountWei: valueWei, standsOn: null });
  }

  #join(from: Address, index: bigint): void {
    const proposal = this.proposals[Number(index)];
    check(proposal?.status === ProposalStatus.inProgress, "resolved");
    this.#move(from, index, proposal.parentIndex);
  }

  #move(from: Address, index: bigint, parentIndex: bigint): void {
    const stake = this.stakes.get(from);
    check(stake !== undefined, "no stake");
    const place = stake.standsOn === null ? undefined : this.proposals[Number(stake.standsOn)];
    check(place?.status !== ProposalStatus.challengerWins, "lost");
    check(
      place?.status !== ProposalStatus.inProgress || place.index === parentIndex,
      "must move to child",
    );
    stake.standsOn = index;
  }

  #create(from: Address, rootClaim: Hash, extraData: Uint8Array, time: bigint): void {
    const { l2BlockNumber, parentIndex, feedEnd, feedTipHash, machineRoot } =
      decodeProposalExtraData(extraData);
    const entry = this.#l1.head.entries[Number(feedEnd) - 1];
    check(entry?.hash === feedTipHash, "feed tip");
    const address = keccakHex(
      fromHex(
        encodeAbiParameters(
          [{ type: "bytes32" }, { type: "bytes" }],
          [rootClaim, toHex(extraData)],
        ),
      ),
    ).slice(0, 42) as Address;
    check(!this.proposals.some((other) => other.address === address), "exists");
    const index = BigInt(this.proposals.length);
    this.#move(from, index, parentIndex);
    this.proposals.push({
      index,
      address,
      parentIndex,
      rootClaim,
      l2BlockNumber,
      feedEnd,
      feedTipHash,
      machineRoot,
      createdAt: time,
      resolvedAt: 0n,
      status: ProposalStatus.inProgress,
    });
  }

  #resolve(index: bigint, time: bigint): void {
    const proposal = this.proposals[Number(index)];
    check(proposal?.status === ProposalStatus.inProgress, "resolved");
    const { parentIndex } = proposal;
    const parent =
      parentIndex === GENESIS_PARENT_INDEX
        ? ProposalStatus.defenderWins
        : this.proposals[Number(parentIndex)]?.status;
    const siblings = this.proposals.filter(
      (other) => other.parentIndex === parentIndex && other !== proposal,
    );
    proposal.resolvedAt = time;
    if (
      parent === ProposalStatus.challengerWins ||
      siblings.some(({ status }) => status === ProposalStatus.defenderWins)
    ) {
      proposal.status = ProposalStatus.challengerWins;
      return;
    }
    proposal.resolvedAt = 0n;
    check(parent === ProposalStatus.defenderWins, "parent");
    check(time > proposal.createdAt + BigInt(this.#chain.challengePeriodSeconds), "period runs");
    check(!siblings.some(({ status }) => status === ProposalStatus.inProgress), "sibling");
    proposal.resolvedAt = time;
    proposal.status = ProposalStatus.defenderWins;
  }
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new L1Error("L1_TX_REVERTED", { reason: what });
}
