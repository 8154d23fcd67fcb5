import { daSizeOfTx, type L1FeeParameters, l1Fee } from "../../protocol/index.js";

/** Formulas of the L1 fee that OP chains have had, each named after the fork that brought it. */
export const L1_COST_FORMS = ["bedrock", "regolith", "ecotone", "fjord"] as const;
/** How the operator fee came: not at all, in millionths of the gas, in hundreds of the gas. */
export const OPERATOR_FEE_FORMS = ["none", "isthmus", "jovian"] as const;

/** How fees were computed before Jovian, and L1Block's values that only Bedrock's formula reads. */
export interface OlderFees {
  l1Cost: (typeof L1_COST_FORMS)[number];
  operatorFee: (typeof OPERATOR_FEE_FORMS)[number];
  overhead: bigint;
  scalar: bigint;
}

const ZERO_BYTE_GAS = 4n;
const NON_ZERO_BYTE_GAS = 16n;
/** Bedrock counted the bytes of a signature that was already in the envelope. */
const BEDROCK_SIGNATURE_BYTES = 68n;
const MILLION = 1_000_000n;

/** Calldata gas that an envelope would take on L1. */
function calldataGas(raw: Uint8Array): bigint {
  let zeros = 0;
  for (const byte of raw) if (byte === 0) zeros++;
  return ZERO_BYTE_GAS * BigInt(zeros) + NON_ZERO_BYTE_GAS * BigInt(raw.length - zeros);
}

/** Size in millionths of a byte whose calldata gas is this, so that receipts show that gas. */
const sizeOfGas = (gas: bigint): bigint => (gas * MILLION) / NON_ZERO_BYTE_GAS;

/**
 * L1 fee of a signed envelope before Jovian, when there was no DA footprint. Units: wei; millionths of a byte for the size.
 * Source: specs.optimism.io, protocol/exec-engine.md, L1-cost fees
 */
export function olderRollupCosts(
  raw: Uint8Array,
  params: L1FeeParameters,
  { l1Cost, overhead, scalar }: OlderFees,
): { daSize: bigint; l1Fee: bigint; daFootprint: bigint } {
  if (l1Cost === "fjord") {
    const daSize = daSizeOfTx(raw);
    return { daSize, l1Fee: l1Fee(daSize, params), daFootprint: 0n };
  }
  let gas = calldataGas(raw);
  if (l1Cost === "ecotone") {
    const perByte =
      NON_ZERO_BYTE_GAS * BigInt(params.baseFeeScalar) * params.l1BaseFee +
      BigInt(params.blobBaseFeeScalar) * params.blobBaseFee;
    const fee = (gas * perByte) / (NON_ZERO_BYTE_GAS * MILLION);
    return { daSize: sizeOfGas(gas), l1Fee: fee, daFootprint: 0n };
  }
  if (l1Cost === "bedrock") gas += BEDROCK_SIGNATURE_BYTES * NON_ZERO_BYTE_GAS;
  gas += overhead;
  const fee = (gas * params.l1BaseFee * scalar) / MILLION;
  return { daSize: sizeOfGas(gas), l1Fee: fee, daFootprint: 0n };
}

/** Operator fee in wei for an amount of gas before Jovian. Source: specs.optimism.io, protocol/isthmus/exec-engine.md */
export function olderOperatorFee(
  gas: bigint,
  params: { operatorFeeScalar: number; operatorFeeConstant: bigint },
  { operatorFee }: OlderFees,
): bigint {
  if (operatorFee === "none") return 0n;
  const scaled = gas * BigInt(params.operatorFeeScalar);
  return (operatorFee === "jovian" ? scaled * 100n : scaled / MILLION) + params.operatorFeeConstant;
}
