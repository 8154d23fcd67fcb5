import type { DepositFeedRecord, EntryHeader, L1BlockRef, L1Origin } from "../protocol/types.js";
import type { Address, Hash } from "../util/hex.js";

/** An L1 header whose RLP hashes to `hash`. */
export interface L1Header extends L1Origin {
  parentHash: Hash;
  stateRoot: Hash;
  /** What hashes to `hash`: step proofs open it. */
  rlp: Uint8Array;
}

/** Tips of both feeds at one L1 block, proven against its state root where the L1 offers proofs. */
export interface FeedSnapshot {
  at: L1BlockRef;
  entries: {
    length: bigint;
    lastHash: Hash;
    lastOrigin: bigint;
    lastDepTo: bigint;
    lastL1Time: bigint;
  };
  records: { length: bigint; lastHash: Hash };
}

/** An entry with its data and where it stands on L1. */
export interface FeedEntry {
  header: EntryHeader;
  hash: Hash;
  data: Uint8Array;
  l1: { blockHash: Hash; txHash: Hash; logIndex: number };
}

/** A record with where it stands on L1. `logIndex` is that of the portal's TransactionDeposited (or SystemConfig's ConfigUpdate). */
export interface FeedRecord extends DepositFeedRecord {
  hash: Hash;
  l1: { blockHash: Hash; txHash: Hash; logIndex: number };
}

/**
 * What the rollup node asks of L1. Every content is checked by hash (docs/protocol/feeds.md#reading-the-feeds).
 * Errors: L1_UNREACHABLE, L1_RATE_LIMITED, L1_BLOCK_MISSING (temporary); L1_LIED with what did not fit (temporary: another answer may come); L1_REORGED (reset).
 */
export interface L1Reader {
  /** Head, safe, finalized now. */
  getHeads(): Promise<{ head: L1BlockRef; safe: L1BlockRef; finalized: L1BlockRef }>;
  getHeader(number: bigint): Promise<L1Header>;
  getHeaderByHash(hash: Hash): Promise<L1Header>;
  /** Headers first..last, linked to each other; checked against `originsHash` when given. */
  getOrigins(first: bigint, last: bigint, originsHash?: Hash): Promise<L1Header[]>;
  getFeedSnapshot(at: L1BlockRef): Promise<FeedSnapshot>;
  /** Entries from..snapshot end, ascending, each linked to the next and the last to the snapshot; at most `limit`. */
  getEntries(from: bigint, snapshot: FeedSnapshot, limit: number): Promise<FeedEntry[]>;
  getRecords(from: bigint, snapshot: FeedSnapshot, limit: number): Promise<FeedRecord[]>;
  /** Hash stored for an element at the snapshot's block: to find how far back a reorg reaches. Undefined: beyond the end. */
  getEntryHash(index: bigint, snapshot: FeedSnapshot): Promise<Hash | undefined>;
  getRecordHash(index: bigint, snapshot: FeedSnapshot): Promise<Hash | undefined>;
}

/** An L1 transaction to be sent by whoever holds the key. */
export interface L1TxRequest {
  to: Address;
  data: Uint8Array;
  valueWei?: bigint;
  /** What it is, for logs: "append 12". */
  label: string;
}

/** One per key: the only owner of that key's nonces. Simulates before sending, bumps fees, resubmits, waits for the receipt. */
export interface L1Sender {
  readonly address: Address;
  /**
   * Resolves with the receipt of a transaction that succeeded.
   * Errors: L1_TX_REVERTED (simulation or receipt; its precondition no longer holds; `data.reason`), L1_TX_TIMEOUT, L1_INSUFFICIENT_FUNDS, L1_UNREACHABLE.
   */
  send(
    request: L1TxRequest,
    signal?: AbortSignal,
  ): Promise<{ txHash: Hash; blockNumber: bigint; blockHash: Hash; gasUsed: bigint }>;
  getBalance(): Promise<bigint>;
}
