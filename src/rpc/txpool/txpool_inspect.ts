import { getAddress } from "viem";
import type { Address } from "../../util/hex.js";
import { method } from "../method.js";
import { bySender } from "./bySender.js";

/** One line about a transaction, as geth words it. */
function summary({ to, value, gas, gasPrice }: Record<string, unknown>): string {
  const decimal = (quantity: unknown): bigint => BigInt(String(quantity));
  const place = to === null ? "contract creation" : getAddress(to as Address);
  return `${place}: ${decimal(value)} wei + ${decimal(gas)} gas × ${decimal(gasPrice)} wei`;
}

/** Transactions of the pool by sender and nonce, a line each. */
export const txpool_inspect = method({
  doc: "Transactions of the pool by sender and nonce, a line each.",
  params: [],
  run(_params, { engine }) {
    const { pending, queued } = engine.pool.content();
    return { pending: bySender(pending, summary), queued: bySender(queued, summary) };
  },
});
