import { hasCode } from "../util/errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import { parseObject, parseQuantity } from "./rpcValues.js";

/** Price of a transaction, in wei per gas. */
export interface TxFees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

const DEFAULT_TIP_WEI = 1_000_000_000n;
// Nodes refuse a replacement that raises either field by less than 10 %.
const BUMP_NUMERATOR = 1125n;
const BUMP_DENOMINATOR = 1000n;

/** What a transaction should pay now: room for the base fee to double, and the tip that the node suggests. */
export async function fetchSuggestedFees(rpc: JsonRpc): Promise<TxFees> {
  const block = parseObject(await rpc.call("eth_getBlockByNumber", ["latest", false]), "block");
  const baseFee = parseQuantity(block.baseFeePerGas, "baseFeePerGas");
  const tip = await fetchTip(rpc);
  return { maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip };
}

/** Keeps fees at or below the ceiling. */
export function capFees(fees: TxFees, ceilingWei: bigint): TxFees {
  const maxFeePerGas = fees.maxFeePerGas < ceilingWei ? fees.maxFeePerGas : ceilingWei;
  const tip = fees.maxPriorityFeePerGas;
  return { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas };
}

/**
 * Fees that may replace `last`: both fields raised by an eighth, or to the suggestion if that is more.
 * Undefined if the ceiling does not allow such a raise.
 */
export function bumpFees(last: TxFees, suggested: TxFees, ceilingWei: bigint): TxFees | undefined {
  const wanted = {
    maxFeePerGas: larger(raise(last.maxFeePerGas), suggested.maxFeePerGas),
    maxPriorityFeePerGas: larger(raise(last.maxPriorityFeePerGas), suggested.maxPriorityFeePerGas),
  };
  const capped = capFees(wanted, ceilingWei);
  const isEnough =
    capped.maxFeePerGas >= raise(last.maxFeePerGas) &&
    capped.maxPriorityFeePerGas >= raise(last.maxPriorityFeePerGas);
  return isEnough ? capped : undefined;
}

async function fetchTip(rpc: JsonRpc): Promise<bigint> {
  try {
    const tip = parseQuantity(await rpc.call("eth_maxPriorityFeePerGas", []), "tip");
    return tip > 0n ? tip : 1n;
  } catch (error) {
    if (hasCode(error, "L1_RPC_ERROR")) return DEFAULT_TIP_WEI;
    throw error;
  }
}

function raise(value: bigint): bigint {
  return (value * BUMP_NUMERATOR) / BUMP_DENOMINATOR + 1n;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
