import { quantity } from "../encode/hex.js";
import { method } from "../method.js";

/** Number of executable and of waiting transactions. */
export const txpool_status = method({
  doc: "Number of executable and of waiting transactions.",
  params: [],
  run(_params, { engine }) {
    const { pending, queued } = engine.pool.status();
    return { pending: quantity(pending), queued: quantity(queued) };
  },
});
