import type { L1BlockRef, L2BlockRef, RollupConfig } from "../../protocol/types.js";
import type { OutputAtBlock, SyncStatus } from "../../services/types.js";
import { ZERO_ADDRESS, ZERO_HASH } from "../../util/hex.js";

/** op-node's rollup RPC uses JSON numbers, not QUANTITY. Source: op-node's JSON, as viem and explorers read it. */
function jsonNumber(value: bigint): number {
  return Number(value);
}

/** L1 block as op-node writes it. */
export function encodeL1Ref(ref: L1BlockRef): Record<string, unknown> {
  return {
    hash: ref.hash,
    number: jsonNumber(ref.number),
    parentHash: ref.parentHash,
    timestamp: jsonNumber(ref.time),
  };
}

/** L2 block as op-node writes it; `l1origin` has a lower-case o on the wire. */
export function encodeL2Ref(ref: L2BlockRef): Record<string, unknown> {
  return {
    hash: ref.hash,
    number: jsonNumber(ref.number),
    parentHash: ref.parentHash,
    timestamp: jsonNumber(ref.time),
    l1origin: { hash: ref.l1Origin.hash, number: jsonNumber(ref.l1Origin.number) },
    sequenceNumber: jsonNumber(ref.sequenceNumber),
  };
}

/** Answer of optimism_syncStatus. */
export function encodeSyncStatus(status: SyncStatus): Record<string, unknown> {
  return {
    current_l1: encodeL1Ref(status.currentL1),
    current_l1_finalized: encodeL1Ref(status.finalizedL1),
    head_l1: encodeL1Ref(status.headL1),
    safe_l1: encodeL1Ref(status.safeL1),
    finalized_l1: encodeL1Ref(status.finalizedL1),
    unsafe_l2: encodeL2Ref(status.unsafeL2),
    safe_l2: encodeL2Ref(status.safeL2),
    finalized_l2: encodeL2Ref(status.finalizedL2),
    pending_safe_l2: encodeL2Ref(status.safeL2),
    cross_unsafe_l2: encodeL2Ref(status.unsafeL2),
    local_safe_l2: encodeL2Ref(status.safeL2),
  };
}

/** Answer of optimism_outputAtBlock. */
export function encodeOutput(output: OutputAtBlock): Record<string, unknown> {
  return {
    version: output.version,
    outputRoot: output.outputRoot,
    blockRef: encodeL2Ref(output.blockRef),
    withdrawalStorageRoot: output.withdrawalStorageRoot,
    stateRoot: output.stateRoot,
    syncStatus: encodeSyncStatus(output.syncStatus),
  };
}

const hexWord = (value: bigint, bytes: number) => value.toString(16).padStart(2 * bytes, "0");

/**
 * Answer of optimism_rollupConfig: the keys of op-node's rollup.json.
 * Keys of its batch format that this chain has no counterpart for are 0; every fork through Jovian is active at genesis.
 */
export function encodeRollupConfig(
  config: RollupConfig,
  genesisHash: string,
): Record<string, unknown> {
  const { chain, addresses, genesisOrigin } = config;
  const { system } = chain;
  const scalar = `0x01${"00".repeat(23)}${hexWord(BigInt(system.blobBaseFeeScalar), 4)}${hexWord(BigInt(system.baseFeeScalar), 4)}`;
  const eip1559 = `0x${hexWord(BigInt(system.eip1559Denominator), 4)}${hexWord(BigInt(system.eip1559Elasticity), 4)}`;
  return {
    genesis: {
      l1: { hash: genesisOrigin.hash, number: jsonNumber(genesisOrigin.number) },
      l2: { hash: genesisHash, number: 0 },
      l2_time: jsonNumber(genesisOrigin.time),
      system_config: {
        batcherAddr: chain.batcher,
        overhead: ZERO_HASH,
        scalar,
        gasLimit: jsonNumber(system.gasLimit),
        eip1559Params: eip1559,
        operatorFeeParams: `0x${"00".repeat(20)}${hexWord(BigInt(system.operatorFeeScalar), 4)}${hexWord(system.operatorFeeConstant, 8)}`,
        minBaseFee: jsonNumber(system.minBaseFee),
        daFootprintGasScalar: system.daFootprintGasScalar,
      },
    },
    block_time: chain.blockTimeSeconds,
    max_sequencer_drift: 1_800,
    seq_window_size: 0,
    channel_timeout: 0,
    l1_chain_id: chain.l1ChainId,
    l2_chain_id: chain.l2ChainId,
    ...Object.fromEntries(ACTIVE_FORKS.map((fork) => [`${fork}_time`, 0])),
    batch_inbox_address: addresses.sequencerFeed,
    deposit_contract_address: addresses.portal,
    l1_system_config_address: addresses.systemConfig,
    protocol_versions_address: ZERO_ADDRESS,
    chain_op_config: {
      eip1559Elasticity: system.eip1559Elasticity,
      eip1559Denominator: system.eip1559Denominator,
      eip1559DenominatorCanyon: system.eip1559Denominator,
    },
  };
}

const ACTIVE_FORKS = [
  "regolith",
  "canyon",
  "delta",
  "ecotone",
  "fjord",
  "granite",
  "holocene",
  "isthmus",
  "jovian",
];
