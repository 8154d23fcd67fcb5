import { RpcError } from "../errors.js";
import { method } from "../method.js";
import { parseHexId } from "../params/hex.js";
import { required } from "../params/param.js";

/** Ends a subscription. */
export const eth_unsubscribe = method({
  doc: "Ends a subscription.",
  params: [required(parseHexId)],
  run([id], { subscriptions }) {
    if (subscriptions === undefined) throw new RpcError("RPC_NOTIFICATIONS_UNSUPPORTED");
    return subscriptions.remove(id);
  },
});
