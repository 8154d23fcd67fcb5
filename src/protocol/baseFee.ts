import { ProtocolError } from "./errors.js";
import { decodeExtraData } from "./extraData.js";

/** Fields of the parent header that the next base fee follows from. */
export interface BaseFeeParent {
  baseFeePerGas: bigint;
  gasLimit: bigint;
  gasUsed: bigint;
  /** The block's DA footprint. */
  blobGasUsed: bigint;
  extraData: Uint8Array;
}

/**
 * Base fee in wei of the block after `parent`.
 * Errors: PROTOCOL_BAD_LENGTH or PROTOCOL_BAD_VALUE for extraData that no block of the chain has.
 * Source: docs/protocol/execution.md#base-fee
 */
export function nextBaseFee(parent: BaseFeeParent): bigint {
  const { denominator, elasticity, minBaseFee } = decodeExtraData(parent.extraData);
  const target = elasticity === 0 ? 0n : parent.gasLimit / BigInt(elasticity);
  if (target === 0n || denominator === 0) {
    throw new ProtocolError("PROTOCOL_BAD_VALUE", { denominator, elasticity });
  }
  const metered = parent.gasUsed > parent.blobGasUsed ? parent.gasUsed : parent.blobGasUsed;
  const stepped = baseFeeStep(parent.baseFeePerGas, metered, target, BigInt(denominator));
  return stepped > minBaseFee ? stepped : minBaseFee;
}

/** Base fee after a block that used this much gas. Source: EIP-1559 */
export function baseFeeStep(
  baseFee: bigint,
  used: bigint,
  target: bigint,
  denominator: bigint,
): bigint {
  if (used > target) {
    const change = (baseFee * (used - target)) / target / denominator;
    return baseFee + (change > 1n ? change : 1n);
  }
  return baseFee - (baseFee * (target - used)) / target / denominator;
}
