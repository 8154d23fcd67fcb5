import type { FoundTransaction } from "../../engine/types.js";
import { encodeTransaction } from "../encode/transaction.js";
import { method } from "../method.js";

function bySender(transactions: FoundTransaction[]): Record<string, Record<string, unknown>> {
  const senders: Record<string, Record<string, unknown>> = {};
  for (const transaction of transactions) {
    const encoded = encodeTransaction(transaction);
    const ofSender = senders[transaction.from] ?? {};
    ofSender[BigInt(String(encoded.nonce)).toString()] = encoded;
    senders[transaction.from] = ofSender;
  }
  return senders;
}

/** Transactions of the pool by sender and nonce. */
export const txpool_content = method({
  doc: "Transactions of the pool by sender and nonce.",
  params: [],
  run(_params, { engine }) {
    const { pending, queued } = engine.pool.content();
    return { pending: bySender(pending), queued: bySender(queued) };
  },
});
