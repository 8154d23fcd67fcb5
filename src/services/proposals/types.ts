import type { L1BlockRef } from "../../protocol/types.js";
import type { Address, Hash } from "../../util/hex.js";

/** Fate of a proposal, as OP numbers it. */
export const ProposalStatus = { inProgress: 0, challengerWins: 1, defenderWins: 2 } as const;

/** A proposal as it stands at one L1 block. */
export interface ProposalState {
  index: bigint;
  address: Address;
  /** GENESIS_PARENT_INDEX: the genesis anchor. */
  parentIndex: bigint;
  rootClaim: Hash;
  l2BlockNumber: bigint;
  feedEnd: bigint;
  feedTipHash: Hash;
  machineRoot: Hash;
  /** L1 times in seconds; resolvedAt is 0 before. */
  createdAt: bigint;
  resolvedAt: bigint;
  status: number;
}

/** An account's stake. */
export interface StakeState {
  amountWei: bigint;
  /** Proposal it stands on; null: nowhere. */
  standsOn: bigint | null;
}

/** BlockOracle's state, all read at one L1 block. Errors: those of JsonRpc. */
export interface OracleReader {
  getCount(at: L1BlockRef): Promise<bigint>;
  /** Null before the first. */
  getAnchor(at: L1BlockRef): Promise<Address | null>;
  getStake(account: Address, at: L1BlockRef): Promise<StakeState>;
  /** Ascending from `from`; at most `limit`. */
  getProposals(from: bigint, limit: number, at: L1BlockRef): Promise<ProposalState[]>;
}
