import {
  DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
  daFootprint,
  daSizeOfTx,
  type L1FeeParameters,
  l1Fee,
  operatorFee,
  PREDEPLOYS,
} from "../../protocol/index.js";
import type { BlockState } from "../state/blockState.js";
import { type OlderFees, olderOperatorFee, olderRollupCosts } from "./olderFees.js";

/** L1Block's values that the fees of a block depend on. */
export interface L1FeeParams extends L1FeeParameters {
  operatorFeeScalar: number;
  operatorFeeConstant: bigint;
  daFootprintGasScalar: number;
  /** OP chains before Jovian only: how their fees are computed; absent: as since Jovian. */
  older?: OlderFees;
}

/** What a transaction costs beside its gas price, and what it takes of the block's DA footprint. */
export interface RollupCosts {
  /** Units: millionths of a byte. */
  daSize: bigint;
  l1Fee: bigint;
  daFootprint: bigint;
}

/** A slot of L1Block. */
export function readL1BlockSlot(state: BlockState, slot: number): DataView {
  const key = new Uint8Array(32);
  key[31] = slot;
  const word = new Uint8Array(32);
  const value = state.readStorage(PREDEPLOYS.l1Block, key);
  word.set(value, 32 - value.length);
  return new DataView(word.buffer);
}

/** All 32 bytes of a slot as a number. */
export function wordOf(view: DataView): bigint {
  let value = 0n;
  for (let at = 0; at < 32; at += 8) value = (value << 64n) | view.getBigUint64(at);
  return value;
}

/** Reads the parameters out of L1Block's storage. */
export function readL1FeeParams(state: BlockState): L1FeeParams {
  const scalars = readL1BlockSlot(state, 3);
  const operator = readL1BlockSlot(state, 8);
  return {
    l1BaseFee: wordOf(readL1BlockSlot(state, 1)),
    blobBaseFee: wordOf(readL1BlockSlot(state, 7)),
    baseFeeScalar: scalars.getUint32(16),
    blobBaseFeeScalar: scalars.getUint32(20),
    operatorFeeConstant: operator.getBigUint64(24),
    operatorFeeScalar: operator.getUint32(20),
    daFootprintGasScalar: operator.getUint16(18) || DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
  };
}

/** Sizes of envelopes that are still held: pool and builder ask several times, and again after each block. */
const daSizes = new WeakMap<Uint8Array, bigint>();

function daSizeOf(raw: Uint8Array): bigint {
  const known = daSizes.get(raw);
  if (known !== undefined) return known;
  const size = daSizeOfTx(raw);
  daSizes.set(raw, size);
  return size;
}

/** Costs of a signed envelope. Source: docs/protocol/execution.md#fees-of-a-non-deposit-transaction */
export function rollupCosts(raw: Uint8Array, params: L1FeeParams): RollupCosts {
  if (params.older) return olderRollupCosts(raw, params, params.older);
  const daSize = daSizeOf(raw);
  return {
    daSize,
    l1Fee: l1Fee(daSize, params),
    daFootprint: daFootprint(daSize, params.daFootprintGasScalar),
  };
}

/** Operator fee for an amount of gas. */
export function operatorFeeOf(gas: bigint, params: L1FeeParams): bigint {
  if (params.older) return olderOperatorFee(gas, params, params.older);
  return operatorFee(gas, params.operatorFeeScalar, params.operatorFeeConstant);
}
