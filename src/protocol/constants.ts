import type { Address } from "../util/hex.js";

/** Sender of the L1 attributes transaction. */
export const DEPOSITOR: Address = "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001";

/** Addresses of the predeploys. Source: docs/protocol/genesis.md#l2-genesis-block */
export const PREDEPLOYS = {
  weth9: "0x4200000000000000000000000000000000000006",
  l2CrossDomainMessenger: "0x4200000000000000000000000000000000000007",
  gasPriceOracle: "0x420000000000000000000000000000000000000f",
  l2StandardBridge: "0x4200000000000000000000000000000000000010",
  sequencerFeeVault: "0x4200000000000000000000000000000000000011",
  optimismMintableErc20Factory: "0x4200000000000000000000000000000000000012",
  l1BlockNumber: "0x4200000000000000000000000000000000000013",
  l1Block: "0x4200000000000000000000000000000000000015",
  l2ToL1MessagePasser: "0x4200000000000000000000000000000000000016",
  baseFeeVault: "0x4200000000000000000000000000000000000019",
  l1FeeVault: "0x420000000000000000000000000000000000001a",
  operatorFeeVault: "0x420000000000000000000000000000000000001b",
} as const satisfies Record<string, Address>;

/** Third-party contracts present at genesis. */
export const PREINSTALLS = {
  multicall3: "0xca11bde05977b3631167028862be2a173976ca11",
  create2Proxy: "0x4e59b44847b379578588920ca78fbf26c0b4956c",
  safeSingletonFactory: "0x914d7fec6aac8cd542e72bca78b30650d45643d7",
} as const satisfies Record<string, Address>;

/** System contracts of L1's own rules, on L1 and L2. */
export const SYSTEM_CONTRACTS = {
  beaconRoots: "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
  blockHashHistory: "0x0000f90827f1c53a10cb7a02335b175320002935",
} as const satisfies Record<string, Address>;

/** `coinbase` of every block. */
export const FEE_RECIPIENT: Address = PREDEPLOYS.sequencerFeeVault;

export const ENTRY_HEADER_BYTES = 181;
export const RECORD_HEADER_BYTES = 206;
export const CHUNK_BYTES = 4_096;
/** 31 chunks. */
export const MAX_ENTRY_DATA_BYTES = 126_976;
export const MAX_DEPOSIT_DATA_BYTES = 120_000;
/** L1 blocks in one entry's origin range. */
export const MAX_ENTRY_ORIGINS = 256;

export const BATCH_VERSION = 1;
export const MAX_BATCH_BLOCKS = 1_024;
/** From `dt` to the end of the transactions. */
export const MAX_BATCH_BLOCK_BYTES = 120_000;
export const MAX_BATCH_BLOCK_TXS = 16_384;
export const MAX_TX_BYTES = 110_000;

/** EIP-7825; also the most a deposit may ask for. */
export const MAX_TX_GAS = 16_777_216n;
/** EIP-3860. */
export const MAX_INIT_CODE_BYTES = 49_152;

/** Seconds a block may be ahead of the L1 block that holds its entry. */
export const MAX_TIME_AHEAD_OF_ENTRY = 600n;
/** Seconds past its origin after which a block takes no candidates. */
export const MAX_SEQUENCER_DRIFT = 1_800n;
/** Gas limit of the L1 attributes transaction, and what deposits leave free for it. */
export const L1_ATTRIBUTES_GAS = 1_000_000n;

export const MIN_BLOCK_GAS_LIMIT = 21_000_000n;
export const MAX_BLOCK_GAS_LIMIT = 60_000_000n;
export const MAX_MIN_BASE_FEE = 1_000_000_000_000n;
export const MAX_EIP1559_DENOMINATOR = 65_536;
export const MAX_EIP1559_ELASTICITY = 256;
/** What a DA footprint gas scalar of 0 means. */
export const DEFAULT_DA_FOOTPRINT_GAS_SCALAR = 400;

/** Kind byte of records. */
export const RECORD_KIND_DEPOSIT = 0;
export const RECORD_KIND_CONFIG = 1;
