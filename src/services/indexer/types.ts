import type { L1BlockRef } from "../../protocol/types.js";
import type { Address, Hash } from "../../util/hex.js";
import type { ProposalState, StakeState } from "../proposals/types.js";
import type { ProposalVerdict } from "../types.js";
import type { Forecast } from "./timetable.js";

/**
 * A row's place in its list, and what must still be true of it: a row that was replaced by a reorg has another anchor.
 * Fits the REST cursors; to others both are opaque. Shapes: a position is below 2^64.
 */
export interface ListMark {
  position: bigint;
  anchor: Hash;
}

/** One page of a list. `after` leaves out everything up to and including that row. */
export interface PageRequest {
  after?: ListMark;
  /** At least 1. */
  limit: number;
  order: "asc" | "desc";
}

/**
 * Rows of one page; `next` is null at the end of the list. A page may be shorter than asked for (even empty) although there
 * is more: filters look at a bounded number of rows per call.
 */
export interface Page<T> {
  items: T[];
  next: ListMark | null;
}

/** A log's place on L1. */
export interface L1Place {
  blockNumber: bigint;
  blockHash: Hash;
  /** L1 seconds. */
  timestamp: bigint;
  txHash: Hash;
  logIndex: number;
}

/** A message that L2 sent to L1. Value and gas limit as in the log. */
export interface IndexedWithdrawal {
  withdrawalHash: Hash;
  nonce: bigint;
  sender: Address;
  target: Address;
  value: bigint;
  gasLimit: bigint;
  data: Uint8Array;
  l2: {
    blockNumber: bigint;
    blockHash: Hash;
    timestamp: bigint;
    txHash: Hash;
    logIndex: number;
  };
  mark: ListMark;
}

/** What the portal's logs say about a withdrawal, ascending. One account may prove again: the newest proof counts. */
export interface WithdrawalL1Events {
  proofs: { submitter: Address; l1: L1Place }[];
  /** `success`: of the call that the finalization made. */
  finalized: { success: boolean; l1: L1Place } | null;
}

/** How far a deposit came. A failed one was included, and minted what it mints. */
export type DepositStatus = "seen" | "included" | "safe" | "finalized" | "failedOnL2";

/** A deposit record with where it was included. */
export interface IndexedDeposit {
  /** Its index in the DepositFeed. */
  index: bigint;
  recordHash: Hash;
  /** As on L2: aliased if it is a contract. */
  from: Address;
  /** Null: a creation. */
  to: Address | null;
  mint: bigint;
  value: bigint;
  gasLimit: bigint;
  data: Uint8Array;
  l1: L1Place;
  /** The source hash and L2 hash that wallets compute from the L1 log. */
  expected: { sourceHash: Hash; txHash: Hash };
  /** L1 time in seconds from which on anybody may force it in. */
  forceableAt: bigint;
  status: DepositStatus;
  /** Where it is on L2; `safety` goes on for failed ones as well. */
  l2: {
    blockNumber: bigint;
    blockHash: Hash;
    timestamp: bigint;
    /** Differs from the expected hash if it was included under the fallback source hash. */
    txHash: Hash;
    sourceHash: Hash;
    success: boolean;
    safety: "included" | "safe" | "finalized";
  } | null;
  mark: ListMark;
}

/** Filters of deposits; all given ones must hold. */
export interface DepositFilter {
  from?: Address;
  to?: Address;
  l1TxHash?: Hash;
  /** The hash it has, or the one that wallets expect. */
  l2TxHash?: Hash;
  status?: DepositStatus;
}

/** An entry of the SequencerFeed and the L2 blocks it made. */
export interface IndexedBatch {
  /** Its index in the SequencerFeed. */
  index: bigint;
  entryHash: Hash;
  /** Null: not derived yet. `first > last`: the entry made no block. */
  blocks: { first: bigint; last: bigint; lastHash: Hash } | null;
  dataLength: number;
  l1: L1Place;
  /** Its L1 block is finalized. */
  isFinalized: boolean;
  mark: ListMark;
}

/** A proposal with what this node thinks of it. */
export interface IndexedProposal extends ProposalState {
  verdict: ProposalVerdict["verdict"];
  /** Our root, when it differs. */
  expectedRoot: Hash | null;
  /**
   * L1 seconds from which on it can be resolved: `createdAt + challengePeriod`, not before its parent's; `resolvedAt` once resolved.
   * Null: it can no longer win, or a sibling contradicts it.
   */
  resolvableAt: bigint | null;
  /** L1 seconds after which withdrawals proven against it can be finalized (resolution and finality delay); null as above. */
  confirmedAfter: bigint | null;
  /** Resolved for it, and past its finality delay at the newest L1 block: `isGameClaimValid`. */
  isConfirmed: boolean;
  /** Withdrawals may be proven against it: we agree with it, and neither it nor its parent is lost. */
  usableForWithdrawals: boolean;
  mark: ListMark;
}

/** Filters of proposals; all given ones must hold. */
export interface ProposalFilter {
  /** `confirmed`: resolved for it and past the finality delay; `resolved`: for it, not past yet. */
  state?: "open" | "resolved" | "confirmed" | "rejected";
  verdict?: ProposalVerdict["verdict"];
  /** Only those that claim this L2 block or a later one. */
  fromL2Block?: bigint;
}

/** An account's stake, and what it can do with it. */
export interface IndexedStake extends StakeState {
  address: Address;
  /** `none`: no stake; `free`: can be taken back; `locked`: stands on an open proposal; `lost`: stands on a lost one. */
  status: "none" | "free" | "locked" | "lost";
  standsOnProposal: IndexedProposal | null;
  /** L1 seconds from which on it is free, if nothing contradicts the proposal it stands on. */
  claimableAt: bigint | null;
}

/** How far one part of the index is. */
export interface IndexProgress {
  /** Last L2 block that is in, and L2's unsafe head. */
  l2: { indexed: bigint; head: bigint };
  /** Records of the deposit feed that are in, and how many there are. */
  records: { indexed: bigint; known: bigint };
  /** Last L1 block whose withdrawal events are in, and the L1 head. */
  l1: { indexed: bigint; head: bigint };
  proposals: { indexed: bigint; known: bigint };
  /** True when all of them are at their ends. */
  isComplete: boolean;
  /** 0 to 1, over everything: for a "rebuilding" notice. */
  fraction: number;
}

/** Where the index stands as a whole. */
export interface IndexStanding {
  /** L1 block at which events of withdrawals and proposals are all known. */
  at: L1BlockRef;
  /** Changes with every proposal that changes. */
  version: number;
}

/** A proposal and what its fate depends on, as the oracle keeps it at one L1 block. Times are L1 times in seconds. */
export interface GameNode {
  index: bigint;
  createdAt: bigint;
  /** 0 before it is resolved. */
  resolvedAt: bigint;
  /** Of `ProposalStatus`. */
  status: number;
  /** Of `ProposalStatus`; the genesis anchor has won. */
  parentStatus: number;
  /** Unresolved children of its parent, itself not counted. */
  unresolvedSiblings: bigint;
  /** It is open, and a child of its parent has won. */
  hasConfirmedSibling: boolean;
}

/** What changed in the index, for live pages. Each carries identities only; readers fetch the rest. */
export type IndexEvent =
  | { type: "deposit"; index: bigint; change: "seen" | "included" | "removed" }
  | {
      type: "withdrawal";
      withdrawalHash: Hash;
      change: "initiated" | "proven" | "finalized" | "removed";
    }
  | { type: "proposal"; index: bigint; change: "created" | "changed" | "removed" }
  | { type: "batch"; index: bigint; change: "posted" | "removed" };

/**
 * The read side of the index: every answer costs a few key lookups, whatever the length of the chain.
 * Errors: INDEX_CURSOR_REORGED (the row a page starts after is gone), SERVICES' and L1's only where said.
 */
export interface IndexReader {
  progress(): IndexProgress;
  /** The L1 block at which L1-side answers are true; undefined before the first. */
  l1At(): L1BlockRef | undefined;

  getWithdrawal(withdrawalHash: Hash): Promise<IndexedWithdrawal | undefined>;
  /** In order of logs; at most 100. */
  withdrawalsOfTx(l2TxHash: Hash): Promise<IndexedWithdrawal[]>;
  listWithdrawals(
    filter: { sender?: Address; target?: Address },
    page: PageRequest,
  ): Promise<Page<IndexedWithdrawal>>;
  /** Empty answers for unknown ones. */
  getWithdrawalL1(withdrawalHash: Hash): Promise<WithdrawalL1Events>;
  /** True if `getWithdrawalL1` has all events up to this L1 block. Those of later ones may be there as well. */
  hasWithdrawalEvents(at: Pick<L1BlockRef, "number" | "hash">): boolean;
  /**
   * The newest L1 block at which withdrawals can be told from the index alone. Undefined: there is none yet, it is being taken back,
   * or L1 is some blocks further.
   */
  standing(): IndexStanding | undefined;

  getDeposit(index: bigint): Promise<IndexedDeposit | undefined>;
  /** By the L2 hash it has, or the one that wallets expect. */
  getDepositByL2Hash(hash: Hash): Promise<IndexedDeposit | undefined>;
  /** In order; at most 100. */
  depositsOfL1Tx(hash: Hash): Promise<IndexedDeposit[]>;
  listDeposits(filter: DepositFilter, page: PageRequest): Promise<Page<IndexedDeposit>>;

  getBatch(index: bigint): Promise<IndexedBatch | undefined>;
  /** The entry that made an L2 block; undefined while the block is unsafe. */
  batchOfBlock(l2Number: bigint): Promise<IndexedBatch | undefined>;
  listBatches(page: PageRequest): Promise<Page<IndexedBatch>>;

  getProposal(index: bigint): Promise<IndexedProposal | undefined>;
  listProposals(filter: ProposalFilter, page: PageRequest): Promise<Page<IndexedProposal>>;
  /** As it was at the L1 block that the index stands on; undefined: the index cannot tell. */
  getGame(index: bigint, at: L1BlockRef): Promise<GameNode | undefined>;
  /** Usable proposals that cover an L2 block, the lowest block first; at most `limit` (default 1). */
  coveringProposals(l2Number: bigint, limit?: number): Promise<IndexedProposal[]>;
  /** One L1 call. Errors: those of OracleReader. */
  getStake(address: Address): Promise<IndexedStake>;

  /**
   * When the next things will happen to an L2 block; what is known already replaces an estimate.
   * Errors: those of L1Reader, at the first call.
   */
  forecast(known?: { batchedAt?: bigint; createdAt?: bigint }): Promise<Forecast>;

  /** Returns the unsubscribe function. Listeners must not throw. */
  subscribe(listener: (event: IndexEvent) => void): () => void;
}
