/** State of the market for deposited L2 gas. */
export interface Market {
  prevBaseFee: bigint;
  prevBoughtGas: bigint;
  prevBlockNum: bigint;
}

export const MAX_DEPOSIT_GAS = 20_000_000n;
const TARGET = 2_000_000n;
const DENOMINATOR = 8n;
const MIN_FEE = 10n ** 9n;
const MAX_FEE = 2n ** 128n - 1n;

const clamp = (fee: bigint) => (fee < MIN_FEE ? MIN_FEE : fee > MAX_FEE ? MAX_FEE : fee);

/** One step of EIP-1559, written down independently of the contract. */
function step(fee: bigint, bought: bigint): bigint {
  const change =
    (fee * (bought > TARGET ? bought - TARGET : TARGET - bought)) / TARGET / DENOMINATOR;
  return clamp(bought > TARGET ? fee + change : fee - change);
}

/** The market after a purchase. Source: docs/protocol/deposits.md#portal-rules */
export function buyDepositGas(
  market: Market,
  block: bigint,
  amount: bigint,
): Market | "out of gas" {
  let { prevBaseFee: fee, prevBoughtGas: bought } = market;
  let blocks = block - market.prevBlockNum;
  for (; blocks > 0n; blocks--) {
    const next = step(fee, bought);
    // Nothing moves any more.
    if (next === fee && bought === 0n) break;
    [fee, bought] = [next, 0n];
  }
  if (block > market.prevBlockNum) bought = 0n;
  if (bought + amount > MAX_DEPOSIT_GAS) return "out of gas";
  return { prevBaseFee: fee, prevBoughtGas: bought + amount, prevBlockNum: block };
}
