import type { Address, Hash } from "../util/hex.js";

/** SystemConfig values that derivation carries. Source: docs/protocol/derivation.md#cursor */
export interface SystemConfigValues {
  /** Address of the batcher, left-padded to 32 bytes. */
  batcherHash: Hash;
  baseFeeScalar: number;
  blobBaseFeeScalar: number;
  gasLimit: bigint;
  eip1559Denominator: number;
  eip1559Elasticity: number;
  operatorFeeScalar: number;
  operatorFeeConstant: bigint;
  minBaseFee: bigint;
  daFootprintGasScalar: number;
}

/** The chain config file, parsed. Source: docs/protocol/genesis.md#chain-config */
export interface ChainConfig {
  l1ChainId: number;
  l2ChainId: number;
  blockTimeSeconds: number;
  deployer: Address;
  salt: Hash;
  owner: Address;
  batcher: Address;
  proposer: Address;
  system: Omit<SystemConfigValues, "batcherHash">;
  genesisBaseFee: bigint;
  provablePrecompiles: boolean;
  /** L2 balances in wei. */
  alloc: Readonly<Record<Address, bigint>>;
  periodSeconds: number;
  forceDelaySeconds: number;
  challengePeriodSeconds: number;
  proofMaturityDelaySeconds: number;
  disputeGameFinalityDelaySeconds: number;
  stakeWei: bigint;
}

/** Addresses of the L1 contracts. `disputeGameFactory` and `anchorStateRegistry` are faces of `blockOracle`. */
export interface L1Addresses {
  depositFeed: Address;
  sequencerFeed: Address;
  systemConfig: Address;
  portal: Address;
  blockOracle: Address;
  l1CrossDomainMessenger: Address;
  l1StandardBridge: Address;
  multicall3: Address;
}

/** What derivation needs of an L1 block. `prevRandao` is its mixHash; the beacon root is zero if the header has none. */
export interface L1Origin {
  number: bigint;
  hash: Hash;
  time: bigint;
  baseFee: bigint;
  prevRandao: Hash;
  parentBeaconBlockRoot: Hash;
}

/** Everything that defines one chain: the config, its L1 addresses, and L1 block S. */
export interface RollupConfig {
  chain: ChainConfig;
  addresses: L1Addresses;
  /** L1 block S (`startBlock`), origin of the L2 genesis. */
  genesisOrigin: L1Origin;
}

/** Header of a SequencerFeed entry. Source: docs/protocol/feeds.md#entry-header-181-bytes-packed */
export interface EntryHeader {
  format: number;
  index: bigint;
  l1Number: bigint;
  l1Time: bigint;
  firstOrigin: bigint;
  lastOrigin: bigint;
  originsHash: Hash;
  depTo: bigint;
  depRecordHash: Hash;
  dataLength: number;
  dataHash: Hash;
  prevEntryHash: Hash;
}

/** Header of a DepositFeed record. Source: docs/protocol/feeds.md#record-header-206-bytes-packed */
export interface RecordHeader {
  /** 0 deposit, 1 config. */
  kind: number;
  index: bigint;
  l1Number: bigint;
  l1Time: bigint;
  from: Address;
  to: Address;
  isCreation: boolean;
  mint: bigint;
  value: bigint;
  gasLimit: bigint;
  dataLength: number;
  dataHash: Hash;
  prevRecordHash: Hash;
}

/** A record with its data. */
export interface DepositFeedRecord {
  header: RecordHeader;
  data: Uint8Array;
}

/** One block of a batch as read from bytes. Source: docs/protocol/batch.md */
export interface BatchBlock {
  /** Seconds since the parent block. */
  dt: number;
  originDelta: number;
  hints: number[];
  transactions: Uint8Array[];
}

/** What derivation carries from block to block. Source: docs/protocol/derivation.md#cursor */
export interface Cursor {
  l2Number: bigint;
  l2Time: bigint;
  origin: L1Origin;
  sequenceNumber: bigint;
  recordIndex: bigint;
  lastHint: { l1Number: bigint; logIndex: number } | null;
  config: SystemConfigValues;
  entryIndex: bigint;
}

/** What the engine is asked to build. Source: docs/protocol/derivation.md#one-block, step 4 */
export interface PayloadAttributes {
  timestamp: bigint;
  prevRandao: Hash;
  suggestedFeeRecipient: Address;
  parentBeaconBlockRoot: Hash;
  gasLimit: bigint;
  eip1559Params: { denominator: number; elasticity: number };
  minBaseFee: bigint;
  /** Signed envelopes and 0x7E deposits, in order; the L1 attributes transaction is the first. */
  transactions: Uint8Array[];
  /** False: the engine appends transactions from its pool after `transactions`. */
  noTxPool: boolean;
  /** True: leave out transactions that are invalid where they stand. False: such a list is INVALID. */
  dropInvalid: boolean;
  /** Plain Ethereum only; the L2 has none. */
  withdrawals?: BeaconWithdrawal[];
}

/** A withdrawal of the beacon chain (EIP-4895), which blocks of plain Ethereum carry. Units: gwei. */
export interface BeaconWithdrawal {
  index: bigint;
  validatorIndex: bigint;
  address: Address;
  amountGwei: bigint;
}

/** A built block. The fields of Engine API's ExecutionPayloadV4 plus OP's, as typed values. */
export interface ExecutionPayload {
  blockHash: Hash;
  parentHash: Hash;
  feeRecipient: Address;
  stateRoot: Hash;
  receiptsRoot: Hash;
  logsBloom: Uint8Array;
  prevRandao: Hash;
  blockNumber: bigint;
  gasLimit: bigint;
  gasUsed: bigint;
  timestamp: bigint;
  extraData: Uint8Array;
  baseFeePerGas: bigint;
  transactions: Uint8Array[];
  withdrawalsRoot: Hash;
  blobGasUsed: bigint;
  excessBlobGas: bigint;
  parentBeaconBlockRoot: Hash;
  /** Plain Ethereum only: from Shanghai on. */
  withdrawals?: BeaconWithdrawal[];
  /** Plain Ethereum only: from Prague on, each with its type byte first (EIP-7685). */
  executionRequests?: Uint8Array[];
  /** Plain Ethereum only: number of header fields that the fork has, 15 to 21; fields above it are zero here. Absent: all. */
  fieldCount?: number;
  /** Only in payloads that were built here: what the fee recipient earns. Units: wei. */
  blockValueWei?: bigint;
  /** Only in payloads that were built here: what goes beside the blob transactions. */
  blobsBundle?: { commitments: Uint8Array[]; proofs: Uint8Array[]; blobs: Uint8Array[] };
}

/** An L2 block and its place on L1, as `optimism_*` answers it. */
export interface L2BlockRef {
  hash: Hash;
  number: bigint;
  parentHash: Hash;
  time: bigint;
  l1Origin: { hash: Hash; number: bigint };
  sequenceNumber: bigint;
}

/** An L1 block by the fields that everybody needs. */
export interface L1BlockRef {
  hash: Hash;
  number: bigint;
  parentHash: Hash;
  time: bigint;
}
