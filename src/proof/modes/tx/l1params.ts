import { DEFAULT_DA_FOOTPRINT_GAS_SCALAR, PREDEPLOYS } from "../../../protocol/index.js";
import type { Step, Word } from "../../state/types.js";
import { getAccount, getSlot } from "../../state/world.js";
import { goTo } from "../../step.js";
import { G, MODE } from "../../table.js";
import { touch } from "./touch.js";

/** L1Block's slots. Source: docs/protocol/deposits.md#l1-attributes-transaction */
const SLOT = { baseFee: 1n, blobBaseFee: 7n, scalars: 3n, operator: 8n } as const;

const bits = (word: Word, fromByte: number, bytes: number): bigint =>
  (word >> BigInt(8 * (32 - fromByte - bytes))) & ((1n << BigInt(8 * bytes)) - 1n);

/** Reads what the fees of the block depend on. Source: docs/protocol/machine.md#end-of-a-transaction */
export function l1params(step: Step): void {
  const { blk } = step.s;
  touch(step.rec, G.stateRoot, G.l1BaseFee, G.l1BlobBaseFee, G.l1Scalars);
  const address = BigInt(PREDEPLOYS.l1Block);
  const account = getAccount(step, address);
  const read = (slot: bigint): Word => (account === undefined ? 0n : getSlot(step, account, slot));
  blk.l1BaseFee = read(SLOT.baseFee);
  blk.l1BlobBaseFee = read(SLOT.blobBaseFee);
  const scalars = read(SLOT.scalars);
  const operator = read(SLOT.operator);
  blk.l1 = {
    baseFeeScalar: Number(bits(scalars, 16, 4)),
    blobBaseFeeScalar: Number(bits(scalars, 20, 4)),
    operatorFeeScalar: Number(bits(operator, 20, 4)),
    operatorFeeConstant: bits(operator, 24, 8),
    daFootprintGasScalar: Number(bits(operator, 18, 2)) || DEFAULT_DA_FOOTPRINT_GAS_SCALAR,
  };
  goTo(step, MODE.txnext);
}
