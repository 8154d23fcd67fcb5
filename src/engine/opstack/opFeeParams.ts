import { DEFAULT_DA_FOOTPRINT_GAS_SCALAR, isOpAtLeast, type OpFork } from "../../protocol/index.js";
import { type L1FeeParams, readL1BlockSlot, readL1FeeParams, wordOf } from "../execution/fees.js";
import type { OlderFees } from "../execution/olderFees.js";
import type { BlockState } from "../state/blockState.js";

const L1_BASE_FEE_SLOT = 1;
const SCALARS_SLOT = 3;
const OVERHEAD_SLOT = 5;
const SCALAR_SLOT = 6;
const BLOB_BASE_FEE_SLOT = 7;
const OPERATOR_FEE_SLOT = 8;

function readBedrock(state: BlockState, fork: OpFork, older: Partial<OlderFees>): L1FeeParams {
  return {
    l1BaseFee: wordOf(readL1BlockSlot(state, L1_BASE_FEE_SLOT)),
    blobBaseFee: 0n,
    baseFeeScalar: 0,
    blobBaseFeeScalar: 0,
    operatorFeeScalar: 0,
    operatorFeeConstant: 0n,
    daFootprintGasScalar: DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
    older: {
      l1Cost: isOpAtLeast(fork, "regolith") ? "regolith" : "bedrock",
      operatorFee: "none",
      overhead: wordOf(readL1BlockSlot(state, OVERHEAD_SLOT)),
      scalar: wordOf(readL1BlockSlot(state, SCALAR_SLOT)),
      ...older,
    },
  };
}

/**
 * Fee parameters of a block out of L1Block's storage, after its first transaction. Slots that the fork does not know are not read:
 * the witness of a block does not hold them. Source: specs.optimism.io, protocol/exec-engine.md, L1-cost fees
 */
export function readOpFeeParams(state: BlockState, fork: OpFork): L1FeeParams {
  if (!isOpAtLeast(fork, "ecotone")) return readBedrock(state, fork, {});
  const hasOperatorFee = isOpAtLeast(fork, "isthmus");
  const operatorFee = !hasOperatorFee ? "none" : isOpAtLeast(fork, "jovian") ? "jovian" : "isthmus";
  const scalars = readL1BlockSlot(state, SCALARS_SLOT);
  const blobBaseFee = wordOf(readL1BlockSlot(state, BLOB_BASE_FEE_SLOT));
  const [baseFeeScalar, blobBaseFeeScalar] = [scalars.getUint32(16), scalars.getUint32(20)];
  // Ecotone's activation block still has attributes of Bedrock's form.
  if (blobBaseFee === 0n && baseFeeScalar === 0 && blobBaseFeeScalar === 0) {
    return readBedrock(state, fork, { operatorFee });
  }
  if (operatorFee === "jovian") return readL1FeeParams(state);
  const operator = hasOperatorFee ? readL1BlockSlot(state, OPERATOR_FEE_SLOT) : undefined;
  return {
    l1BaseFee: wordOf(readL1BlockSlot(state, L1_BASE_FEE_SLOT)),
    blobBaseFee,
    baseFeeScalar,
    blobBaseFeeScalar,
    operatorFeeScalar: operator?.getUint32(20) ?? 0,
    operatorFeeConstant: operator?.getBigUint64(24) ?? 0n,
    daFootprintGasScalar: DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
    older: {
      l1Cost: isOpAtLeast(fork, "fjord") ? "fjord" : "ecotone",
      operatorFee,
      overhead: 0n,
      scalar: 0n,
    },
  };
}
