import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { asIs, byNonce } from "./bySender.js";

/** Transactions of one sender in the pool by nonce. */
export const txpool_contentFrom = method({
  doc: "Transactions of one sender in the pool by nonce.",
  params: [required(parseAddress)],
  run([address], { engine }) {
    const { pending, queued } = engine.pool.content();
    const own = (transactions: typeof pending) =>
      byNonce(
        transactions.filter(({ from }) => from === address),
        asIs,
      );
    return { pending: own(pending), queued: own(queued) };
  },
});
