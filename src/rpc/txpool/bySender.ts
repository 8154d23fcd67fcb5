import type { FoundTransaction } from "../../engine/types.js";
import type { Address } from "../../util/hex.js";
import { encodeTransaction } from "../encode/transaction.js";

/** Transactions by their nonces in decimal, as the txpool methods answer them. */
export function byNonce<Shown>(
  transactions: readonly FoundTransaction[],
  show: (encoded: Record<string, unknown>) => Shown,
): Record<string, Shown> {
  const nonces: Record<string, Shown> = {};
  for (const transaction of transactions) {
    const encoded = encodeTransaction(transaction);
    nonces[BigInt(String(encoded.nonce)).toString()] = show(encoded);
  }
  return nonces;
}

/** The same, by sender first. */
export function bySender<Shown>(
  transactions: readonly FoundTransaction[],
  show: (encoded: Record<string, unknown>) => Shown,
): Record<Address, Record<string, Shown>> {
  const senders = new Map<Address, FoundTransaction[]>();
  for (const transaction of transactions) {
    const own = senders.get(transaction.from) ?? [];
    own.push(transaction);
    senders.set(transaction.from, own);
  }
  return Object.fromEntries([...senders].map(([from, own]) => [from, byNonce(own, show)]));
}

/** A transaction as it is. */
export const asIs = (encoded: Record<string, unknown>): Record<string, unknown> => encoded;
