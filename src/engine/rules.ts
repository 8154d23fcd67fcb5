import type { ExecutionPayload, PayloadAttributes } from "../protocol/types.js";
import type { Hash } from "../util/hex.js";
import type { BlockTx, SignedTx } from "./envelope.js";
import type { BlockInput, ExecutedBlock } from "./execution/blockExecution.js";
import type { EvmMachine, EvmRules } from "./execution/evmMachine.js";
import type { Invalidity } from "./execution/executeTx.js";
import type { ForkConfigs } from "./forkConfig.js";
import type { BlockReceipts } from "./receipts.js";
import type { SimulationRules } from "./simulate/simulationRules.js";
import type { StateStore } from "./state/stateStore.js";
import type { Block, BlockHeader } from "./types.js";

/** What execution asks of the chain beside the state: BLOCKHASH before EIP-2935, ommers, the blocks of a reorg. */
export interface Ancestors {
  /** A header by its hash. */
  getHeader(hash: Hash): BlockHeader | undefined;
  /** RLP of the ommers' headers of a block that has been mined; absent: no block has any. */
  getOmmers?(hash: Hash): readonly Uint8Array[];
}

/** Stores that execution reads. */
export interface ExecutionStores {
  states: StateStore;
  ancestors: Ancestors;
}

/** A block while it is executed, transaction by transaction. The system calls at its start have been made. */
export interface BlockRun {
  readonly machine: EvmMachine;
  readonly baseFeePerGas: bigint;
  /** Gas that is left. */
  readonly gasLeft: bigint;
  /** True if the block would still be of an allowed size with this transaction. */
  fitsBatch(raw: Uint8Array): boolean;
  /**
   * Executes the next transaction. Returns why it was left out, if it is not valid where it stands; then nothing has changed.
   * Errors: ENGINE_INVALID_BLOCK if the whole block cannot be valid any more.
   */
  add(tx: BlockTx): Promise<Invalidity | undefined>;
  /** Closes the block; nothing can be added after it. Errors: ENGINE_INVALID_BLOCK (a system contract fails at the end of the block). */
  seal(): Promise<ExecutedBlock>;
}

/** What a transaction of the pool pays beside its gas on the next block. Units: wei; gas for the footprint. */
export interface PoolCosts {
  l1Fee(raw: Uint8Array): bigint;
  /** Gas that a signed envelope takes of a block's DA footprint. */
  daFootprint(raw: Uint8Array): bigint;
  operatorFee(gas: bigint): bigint;
}

/**
 * What tells one kind of chain from another: the L2 of Fovea with its deposits and fees, an OP chain of an older fork, plain
 * Ethereum of any fork. Everything above it (store, forkchoice, payloads, pool, calls, tracers) is the same for all of them.
 */
export interface ChainRules {
  readonly chainId: number;
  /** Rules of the EVM in a block of this number and time. */
  evmAt(env: { number: bigint; timestamp: bigint }): EvmRules;
  /** Base fee of the block after `parent`; zero before London. */
  nextBaseFee(parent: BlockHeader): bigint;
  /** What a known block was told, to execute it again. */
  inputOf(block: Block): BlockInput;
  /** What a block with these attributes is told. Errors: ENGINE_BAD_ATTRIBUTES. */
  checkAttributes(parent: BlockHeader, attributes: PayloadAttributes): BlockInput;
  /** What a payload says beside its transactions, if its header may follow `parent`; otherwise why not. */
  checkPayload(payload: ExecutionPayload, parent: BlockHeader): BlockInput | { invalid: string };
  /**
   * Plain Ethereum and OP chains, whose blocks also come as RLP: what a block says beside its transactions, if its header and its ommers
   * may follow `parent` (the seal of proof of work is not looked at); otherwise why not. Roots that execution finds are not checked.
   */
  checkBlock?(
    block: Block,
    parent: BlockHeader,
    ancestors: Ancestors,
  ): BlockInput | { invalid: string };
  /**
   * Plain Ethereum and OP chains: what the rules of a block after `head` have against a transaction, whatever the state is.
   * Absent: the pool checks by the rules of the L2.
   */
  findPoolProblem?(tx: SignedTx, head: BlockHeader): Invalidity | undefined;
  /** OP chains only: true if headers of this time name something else as withdrawalsRoot than the root of the body's withdrawals. */
  hasOwnWithdrawalsRoot?(timestamp: bigint): boolean;
  /** Header that the fields of a payload make, whatever hash it claims. */
  payloadHeader(payload: ExecutionPayload): BlockHeader;
  /** Starts a block on the state of `parent`. Errors: ENGINE_STATE_MISSING, ENGINE_INVALID_BLOCK. */
  begin(stores: ExecutionStores, parent: BlockHeader, input: BlockInput): Promise<BlockRun>;
  /** Price of blob gas in a block; absent on chains without blobs. Units: wei. */
  blobBaseFee?(header: BlockHeader): bigint;
  /** Forks around a head, for who asks what this node follows; absent: not known. */
  forkConfigs?(genesis: BlockHeader, head: BlockHeader): ForkConfigs;
  /** How blocks are simulated; absent: they cannot be. */
  readonly simulation?: SimulationRules;
  /** Costs on top of a head with these receipts; null if gas is all that a transaction pays. */
  poolCosts(head: BlockReceipts): PoolCosts | null;
}
