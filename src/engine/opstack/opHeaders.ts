import {
  baseFeeStep,
  encodeExtraData,
  isOpActive,
  isOpAtLeast,
  type OpFork,
  opForkAt,
} from "../../protocol/index.js";
import { EMPTY_BYTES } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import { HEADER_FIELDS } from "../header.js";
import type { BlockHeader } from "../types.js";
import type { OpChainConfig } from "./opConfig.js";

/** Base fee parameters that a header hands to its child. Units: wei for `minBaseFee`. */
export interface OpFeeConfig {
  denominator: number;
  elasticity: number;
  minBaseFee: bigint;
}

const HOLOCENE_BYTES = 9;
const JOVIAN_BYTES = 17;

/** Number of header fields that a fork has. */
export function opFieldCount(fork: OpFork): number {
  if (isOpAtLeast(fork, "isthmus")) return HEADER_FIELDS.prague;
  if (isOpAtLeast(fork, "ecotone")) return HEADER_FIELDS.cancun;
  return isOpAtLeast(fork, "canyon") ? HEADER_FIELDS.shanghai : HEADER_FIELDS.london;
}

/** extraData of a header: 17 bytes since Jovian, 9 since Holocene, before that whatever the block was told. */
export function opExtraData(fork: OpFork, config: OpFeeConfig): Uint8Array {
  if (!isOpAtLeast(fork, "holocene")) return EMPTY_BYTES;
  const bytes = encodeExtraData(config);
  if (isOpAtLeast(fork, "jovian")) return bytes;
  bytes[0] = 0;
  return bytes.subarray(0, HOLOCENE_BYTES);
}

/** Reverse of `opExtraData` from Holocene on; undefined if the bytes are not what the fork wants. */
export function decodeOpExtraData(fork: OpFork, bytes: Uint8Array): OpFeeConfig | undefined {
  const isJovian = isOpAtLeast(fork, "jovian");
  if (bytes.length !== (isJovian ? JOVIAN_BYTES : HOLOCENE_BYTES)) return undefined;
  if (bytes[0] !== (isJovian ? 1 : 0)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [denominator, elasticity] = [view.getUint32(1), view.getUint32(5)];
  if (denominator === 0 || elasticity === 0) return undefined;
  const minBaseFee = isJovian ? view.getBigUint64(HOLOCENE_BYTES) : 0n;
  return { denominator, elasticity, minBaseFee };
}

/** Base fee parameters of the chain's config in a block of this fork. */
export function configuredFees({ eip1559 }: OpChainConfig, fork: OpFork): OpFeeConfig {
  const { elasticity, denominator, denominatorCanyon } = eip1559;
  const isCanyon = isOpAtLeast(fork, "canyon");
  return { elasticity, denominator: isCanyon ? denominatorCanyon : denominator, minBaseFee: 0n };
}

/**
 * Base fee in wei of a block of this time after `parent`: by the parent's extraData since Holocene, by the config before.
 * Errors: ENGINE_INVALID_BLOCK if the parent's extraData is not what its fork wants.
 * Source: specs.optimism.io, protocol/{holocene,jovian}/exec-engine.md
 */
export function opBaseFee(config: OpChainConfig, parent: BlockHeader, timestamp: bigint): bigint {
  const { schedule } = config;
  const parentFork = opForkAt(schedule, parent.timestamp);
  const fees = isOpAtLeast(parentFork, "holocene")
    ? decodeOpExtraData(parentFork, parent.extraData)
    : configuredFees(config, opForkAt(schedule, timestamp));
  if (!fees) throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "extraData of the parent" });
  const hasFootprint = isOpActive(schedule, "jovian", parent.timestamp);
  const isMostlyData = hasFootprint && parent.blobGasUsed > parent.gasUsed;
  const metered = isMostlyData ? parent.blobGasUsed : parent.gasUsed;
  const target = parent.gasLimit / BigInt(fees.elasticity);
  if (target === 0n) throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "gas target" });
  const next = baseFeeStep(parent.baseFeePerGas, metered, target, BigInt(fees.denominator));
  return next > fees.minBaseFee ? next : fees.minBaseFee;
}
