import type { Address, Hash } from "../util/hex.js";
import type { PooledTx } from "./txPoolTx.js";
import type { TxPool } from "./types.js";

/** What the pool sees of the chain. Everything is about the latest (unsafe) head at the moment of the call. */
export interface PoolStateView {
  getNonce(address: Address): Promise<bigint>;
  getBalance(address: Address): Promise<bigint>;
  getCode(address: Address): Promise<Uint8Array>;
  /** Base fee of the next block. */
  nextBaseFee(): bigint;
  blockGasLimit(): bigint;
  /** L1 fee of a signed envelope with the head's L1 parameters. */
  l1Fee(raw: Uint8Array): bigint;
  /** Gas that a signed envelope takes of a block's DA footprint with the head's scalar. */
  daFootprint(raw: Uint8Array): bigint;
  /** Operator fee of an amount of gas with the head's parameters. */
  operatorFee(gas: bigint): bigint;
  /**
   * Plain Ethereum only: decodes what is sent, by the rules of the block after the head; `isTrusted`: proofs of blobs were verified before.
   * Absent: by the rules of the L2, which depend on nothing.
   */
  decode?(raw: Uint8Array, isTrusted: boolean): Promise<PooledTx>;
  /**
   * Finds the signers of packed signatures, one behind the other, in another thread: 20 bytes each, zeros where there is none.
   * Undefined: no thread is free just now. Absent: there is none.
   */
  recoverSenders?(packed: Uint8Array): Promise<Uint8Array> | undefined;
}

/** A transaction that the builder may take. */
export interface PoolCandidate {
  hash: Hash;
  raw: Uint8Array;
  from: Address;
  nonce: bigint;
}

/**
 * The pool as the engine sees it.
 *
 * `open` reads the journal and is awaited once before use. `close` flushes it.
 */
export interface BuilderPool extends TxPool {
  open(): Promise<void>;
  close(): Promise<void>;
  /**
   * Executable transactions, best effective tip first, each sender's in nonce order without gaps.
   * A lazy snapshot: the pool may change while it is consumed. When the builder leaves one out it skips that sender's later ones itself.
   */
  pendingForBlock(baseFee: bigint): Iterable<PoolCandidate>;
  /**
   * The head moved: `added` are the raw non-deposit transactions of the new blocks, `removed` those of abandoned blocks that are
   * not in `added`. Called after the change is on disk; the state view answers for the new head.
   */
  onHead(added: readonly Uint8Array[], removed: readonly Uint8Array[]): Promise<void>;
  /**
   * The head is about to move. Until the returned function is called (after `onHead`), `add` and `getPendingNonce` wait: between
   * the move and the return of abandoned transactions the pool would answer nonces that are taken.
   */
  headMoves(): () => void;
  /** Bytes of a pooled blob transaction with its blobs; absent: this pool takes none. */
  networkForm?(hash: Hash): Uint8Array | undefined;
  /** The builder found that this one can never be included as it stands; forget it. */
  dropInvalid(hash: Hash): void;
}

/** How the engine makes its pool; `onPending` is to be called for each transaction that becomes known. */
export type PoolFactory = (view: PoolStateView, onPending: (hash: Hash) => void) => BuilderPool;
