import { method } from "../method.js";
import { asIs, bySender } from "./bySender.js";

/** Transactions of the pool by sender and nonce. */
export const txpool_content = method({
  doc: "Transactions of the pool by sender and nonce.",
  params: [],
  run(_params, { engine }) {
    const { pending, queued } = engine.pool.content();
    return { pending: bySender(pending, asIs), queued: bySender(queued, asIs) };
  },
});
