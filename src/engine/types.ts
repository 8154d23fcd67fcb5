import type { BeaconWithdrawal, ExecutionPayload, PayloadAttributes } from "../protocol/types.js";
import type { Address, Hash, Hex } from "../util/hex.js";
import type { AddressHit, AddressSearch } from "./chain/addressIndex.js";
import type { OlderFees } from "./execution/olderFees.js";
import type { ExecutionContext } from "./executionContext.js";
import type { TaskRunner } from "./workers/taskRunner.js";

/** Heads given by the rollup node. Zero hash for safe or finalized: leave as it is. */
export interface ForkchoiceState {
  headBlockHash: Hash;
  safeBlockHash: Hash;
  finalizedBlockHash: Hash;
}

/** The engine's judgement of a payload or head; `validationError` says why one is invalid. */
export interface PayloadStatus {
  /** INVALID_BLOCK_HASH: the fields have another hash than the payload says, which tells nothing about the block that has it. */
  status: "VALID" | "INVALID" | "INVALID_BLOCK_HASH" | "SYNCING" | "ACCEPTED";
  latestValidHash: Hash | null;
  validationError: string | null;
}

/**
 * The one door through which the rollup node drives execution: in-process, or over HTTP with a token (`RemoteEngine`).
 * `forkchoiceUpdated` may move the head to any known block, ancestors included; transactions of abandoned blocks return to the pool.
 * Errors: ENGINE_UNKNOWN_PAYLOAD, ENGINE_BAD_FORKCHOICE, ENGINE_BAD_ATTRIBUTES.
 */
export interface EngineApi {
  forkchoiceUpdated(
    state: ForkchoiceState,
    attributes?: PayloadAttributes,
  ): Promise<{ payloadStatus: PayloadStatus; payloadId: Hex | null }>;
  getPayload(payloadId: Hex): Promise<ExecutionPayload>;
  newPayload(payload: ExecutionPayload): Promise<PayloadStatus>;
}

/** Where a block is looked up. Numbers and labels mean the canonical chain. */
export type BlockId =
  | bigint
  | "earliest"
  | "latest"
  | "pending"
  | "safe"
  | "finalized"
  | { hash: Hash; requireCanonical?: boolean };

/** Header of an L2 block with all hashed fields. Units: wei for fees, seconds for `timestamp`. */
export interface BlockHeader {
  hash: Hash;
  parentHash: Hash;
  stateRoot: Hash;
  transactionsRoot: Hash;
  receiptsRoot: Hash;
  logsBloom: Uint8Array;
  number: bigint;
  gasLimit: bigint;
  gasUsed: bigint;
  timestamp: bigint;
  extraData: Uint8Array;
  prevRandao: Hash;
  baseFeePerGas: bigint;
  withdrawalsRoot: Hash;
  blobGasUsed: bigint;
  excessBlobGas: bigint;
  parentBeaconBlockRoot: Hash;
  requestsHash: Hash;
  feeRecipient: Address;
  /** Size of the RLP block in bytes. */
  sizeBytes: number;
  /**
   * Plain Ethereum only: number of fields of the header's RLP, 15 (Frontier) to 21 (Prague); fields above it are zero here and are
   * neither hashed nor shown. Absent: all 21.
   */
  fieldCount?: number;
  /** Plain Ethereum only, and zero there since the merge; absent: zero. */
  difficulty?: bigint;
  /** Plain Ethereum only. Shapes: 8 bytes. Absent: zero. */
  nonce?: Hex;
  /** Plain Ethereum only; absent: that of an empty list. */
  ommersHash?: Hash;
}

/** A stored block: header and raw envelopes. */
export interface Block {
  header: BlockHeader;
  transactions: Uint8Array[];
  /** Same order as `transactions`. */
  transactionHashes: Hash[];
  /** Plain Ethereum only: RLP of each ommer's header. Absent: none. */
  ommers?: Uint8Array[];
  /** Plain Ethereum only, from Shanghai on. */
  withdrawals?: BeaconWithdrawal[];
}

/** What a contract logged. */
export interface Log {
  address: Address;
  topics: Hash[];
  data: Uint8Array;
}

/** What executing a transaction came to. Units: wei for fees. */
export interface Receipt {
  transactionHash: Hash;
  transactionIndex: number;
  blockHash: Hash;
  blockNumber: bigint;
  type: number;
  from: Address;
  to: Address | null;
  contractAddress: Address | null;
  status: 0 | 1;
  gasUsed: bigint;
  cumulativeGasUsed: bigint;
  effectiveGasPrice: bigint;
  logsBloom: Uint8Array;
  logs: Log[];
  /** Index in the block of the first log. */
  firstLogIndex: number;
  /** Deposits only. */
  depositNonce: bigint | null;
  /** Deposits of OP chains before Canyon only: null, the receipt has no version. */
  depositReceiptVersion?: null;
  /** Plain Ethereum before Byzantium only: the state root after the transaction, which stands in the place of `status`. */
  postState?: Hash;
  /** Blob transactions only. Units: wei for the price. */
  blobGasUsed?: bigint;
  blobGasPrice?: bigint;
  /** Everything on the L2 but deposits: the L1 part of the fee. */
  l1: {
    fee: bigint;
    gasUsed: bigint;
    gasPrice: bigint;
    blobBaseFee: bigint;
    baseFeeScalar: number;
    blobBaseFeeScalar: number;
    operatorFeeScalar: number;
    operatorFeeConstant: bigint;
    daFootprintGasScalar: number;
    /** DA footprint of this transaction. */
    daFootprint: bigint;
    /** What was really charged for the gas used. */
    operatorFee: bigint;
    /** OP chains before Jovian only: how the fees came about. */
    older?: OlderFees;
  } | null;
}

/** A transaction on the chain or in the pool. `block` is null for a pending one. */
export interface FoundTransaction {
  hash: Hash;
  raw: Uint8Array;
  from: Address;
  block: { hash: Hash; number: bigint; timestamp: bigint; baseFeePerGas: bigint } | null;
  index: number | null;
  /** Deposits only. */
  depositNonce: bigint | null;
}

/** Which logs of a range of canonical blocks; both ends belong to it. */
export interface LogFilter {
  fromBlock: bigint;
  toBlock: bigint;
  /** Empty: any. */
  addresses: Address[];
  /** Per position: empty list means any. */
  topics: Hash[][];
}

/** A log with its place on the chain; `removed`: its block was abandoned. */
export interface FoundLog extends Log {
  blockNumber: bigint;
  blockHash: Hash;
  blockTimestamp: bigint;
  transactionHash: Hash;
  transactionIndex: number;
  logIndex: number;
  removed: boolean;
}

/** A message to run without making a transaction of it, as `eth_call` takes it. Units: wei. */
export interface CallRequest {
  from?: Address;
  to?: Address | null;
  gas?: bigint;
  gasPrice?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
  value?: bigint;
  data?: Uint8Array;
  accessList?: { address: Address; storageKeys: Hash[] }[];
  authorizationList?: readonly SignedAuthorization[];
  nonce?: bigint;
  maxFeePerBlobGas?: bigint;
  blobVersionedHashes?: Hash[];
}

/** An EIP-7702 authorization with its signature; `authority` is undefined if that is not valid. */
export interface SignedAuthorization {
  chainId: bigint;
  address: Address;
  nonce: bigint;
  authority: Address | undefined;
  yParity: bigint;
  r: bigint;
  s: bigint;
}

/** Parts of an account that a call sees changed. */
export interface StateOverride {
  balance?: bigint;
  nonce?: bigint;
  code?: Uint8Array;
  /** Replaces the whole storage. */
  state?: Record<Hash, Hash>;
  /** Replaces single slots. */
  stateDiff?: Record<Hash, Hash>;
  /** Only of a precompile: where it is instead. */
  movePrecompileTo?: Address;
}

/** Parts of the block that a call sees changed. Units: seconds for `time`. */
export interface BlockOverride {
  number?: bigint;
  time?: bigint;
  gasLimit?: bigint;
  feeRecipient?: Address;
  prevRandao?: Hash;
  baseFeePerGas?: bigint;
  /** Units: wei. */
  blobBaseFee?: bigint;
  /** Before the merge only. */
  difficulty?: bigint;
  /** Simulated blocks only. */
  parentBeaconBlockRoot?: Hash;
  /** Simulated blocks only. */
  withdrawals?: BeaconWithdrawal[];
}

/** What a call sees other than it is, accounts by address. */
export interface CallOptions {
  stateOverrides?: Record<Address, StateOverride>;
  blockOverrides?: BlockOverride;
}

/** Outcome of a call; a revert is one too. */
export interface CallResult {
  /** Null on success; "revert" with data, or another EVM exception name such as "out of gas". */
  failure: { kind: "revert" | "exception"; reason: string } | null;
  returnData: Uint8Array;
  gasUsed: bigint;
  logs: Log[];
}

/** An account and slots of it, with Merkle proofs: RLP trie nodes from the root down. */
export interface AccountProof {
  address: Address;
  balance: bigint;
  nonce: bigint;
  codeHash: Hash;
  storageHash: Hash;
  accountProof: Uint8Array[];
  storageProof: { key: Hash; value: bigint; proof: Uint8Array[] }[];
}

/** Read side of the chain and its state; everything the gateway and the services ask the engine. Undefined: no such thing. */
export interface ChainReader {
  getHeader(id: BlockId): Promise<BlockHeader | undefined>;
  getBlock(id: BlockId): Promise<Block | undefined>;
  getReceipts(blockHash: Hash): Promise<Receipt[] | undefined>;
  getReceipt(txHash: Hash): Promise<Receipt | undefined>;
  /** Canonical chain first, then the pool. */
  getTransaction(txHash: Hash): Promise<FoundTransaction | undefined>;
  /** All transactions of a block, in order. */
  getTransactions(blockHash: Hash): Promise<FoundTransaction[] | undefined>;
  /** By an index of blooms, not by scanning blocks. */
  getLogs(filter: LogFilter, limit: number): Promise<FoundLog[]>;
  getLogsOfBlock(blockHash: Hash): Promise<FoundLog[] | undefined>;
  /** State reads. Errors: ENGINE_UNKNOWN_BLOCK. */
  getBalance(address: Address, id: BlockId): Promise<bigint>;
  getNonce(address: Address, id: BlockId): Promise<bigint>;
  getCode(address: Address, id: BlockId): Promise<Uint8Array>;
  getStorageAt(address: Address, slot: Hash, id: BlockId): Promise<Hash>;
  getProof(address: Address, slots: Hash[], id: BlockId): Promise<AccountProof>;
  /** A trie node or a contract's code by its keccak, of any state that was ever on disk. */
  dbGet(hash: Hash): Uint8Array | undefined;
  /** Only where reading takes time: takes such a content in, so that `dbGet` has it at once if it exists. */
  dbPrefetch?(hash: Hash): Promise<void>;
  /** Errors: ENGINE_UNKNOWN_BLOCK, ENGINE_CALL_INVALID (would not be a valid message: balance, fee below base fee ...). */
  call(request: CallRequest, id: BlockId, options?: CallOptions): Promise<CallResult>;
  /** Smallest gas limit that succeeds. Errors: as `call`, ENGINE_CALL_FAILED with the CallResult of the failure in `data.result`. */
  estimateGas(request: CallRequest, id: BlockId, options?: CallOptions): Promise<bigint>;
  createAccessList(
    request: CallRequest,
    id: BlockId,
    options?: CallOptions,
  ): Promise<{
    accessList: { address: Address; storageKeys: Hash[] }[];
    gasUsed: bigint;
    failure: CallResult["failure"];
  }>;
}

/** Transaction pool with geth's rules. */
export interface TxPool {
  /**
   * Checks, journals to disk, then answers the hash.
   * Errors (invalid): POOL_ALREADY_KNOWN, POOL_NONCE_TOO_LOW, POOL_NONCE_TOO_HIGH, POOL_TIP_BELOW_MINIMUM, POOL_UNDERPRICED, POOL_REPLACEMENT_UNDERPRICED, POOL_INSUFFICIENT_FUNDS,
   * POOL_INTRINSIC_GAS, POOL_FLOOR_GAS, POOL_GAS_LIMIT, POOL_GAS_CAP, POOL_OVERSIZED, POOL_TYPE, POOL_CHAIN_ID, POOL_INVALID_SENDER, POOL_INIT_CODE,
   * POOL_TIP_ABOVE_FEE_CAP, POOL_FULL, POOL_FEE_CAP_EXCEEDED, POOL_MALFORMED, POOL_UNPROTECTED, POOL_SENDER_HAS_CODE, POOL_AUTHORIZATIONS,
   * POOL_DELEGATED, POOL_AUTHORITY_RESERVED, POOL_DA_FOOTPRINT, POOL_BLOBS, POOL_JOURNAL_FAILED, POOL_CLOSED (temporary).
   */
  add(raw: Uint8Array): Promise<Hash>;
  /** Next nonce of an account, pending transactions counted. */
  getPendingNonce(address: Address): Promise<bigint>;
  get(hash: Hash): FoundTransaction | undefined;
  status(): { pending: number; queued: number };
  /** Bytes of all transactions in it; absent if the pool is elsewhere. */
  bytes?(): number;
  /** By sender, then nonce. */
  content(): { pending: FoundTransaction[]; queued: FoundTransaction[] };
}

/** What the engine tells its subscribers. */
export type EngineEvent =
  /** The unsafe head moved. `added` ascending; `removed` ascending, empty unless a reorg. */
  | { type: "head"; added: BlockHeader[]; removed: BlockHeader[] }
  | { type: "labels"; safe: Hash; finalized: Hash }
  | { type: "pendingTransaction"; hash: Hash };

/** What became of a block that was imported; `invalid` says why it was not taken, null: it is there. */
export interface ImportedBlock {
  header: BlockHeader;
  invalid: string | null;
  /** It was there before. */
  isKnown: boolean;
}

/** The embedded engine as the rest of the server sees it. */
export interface Engine extends EngineApi, ChainReader {
  /** Only an engine in this process can execute things again. */
  readonly execution?: ExecutionContext;
  /** Runs what may take long: calls, tracers. Absent where `execution` is. */
  readonly tasks?: TaskRunner;
  /** Transactions that an address takes part in, by an index. Errors: ENGINE_NO_ADDRESS_INDEX. */
  findAddress?(address: Address, search: AddressSearch): AsyncIterable<AddressHit>;
  /** Plain Ethereum only: takes a block as RLP; the heads stay. Errors: ENGINE_BAD_ENCODING. */
  importBlock?(rlp: Uint8Array): Promise<ImportedBlock>;
  /** Blocks that were lately found invalid, the newest first; absent if the engine does not tell. */
  badBlocks?(): Block[];
  readonly pool: TxPool;
  readonly chainId: number;
  readonly genesisHash: Hash;
  /** Returns the unsubscribe function. Listeners must not throw and are called after the change is on disk. */
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /** Suggested tip in wei from recent blocks. */
  suggestTip(): Promise<bigint>;
  /** Base fee of the block after `parent`. */
  nextBaseFee(parent: BlockHeader): bigint;
  close(): Promise<void>;
}
