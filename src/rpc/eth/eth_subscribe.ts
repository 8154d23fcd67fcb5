import { RpcError } from "../errors.js";
import type { SubscriptionKind } from "../live/subscriptionSet.js";
import { method } from "../method.js";
import { parseBoolean, parseText } from "../params/basic.js";
import { ANY_LOG, parseLogQuery } from "../params/logFilter.js";
import { optional, required } from "../params/param.js";

/** The second parameter means something else for each kind. */
function passUnparsed(value: unknown): unknown {
  return value;
}

function parseKind(name: string, option: unknown): SubscriptionKind {
  switch (name) {
    case "newHeads":
      return { type: "newHeads" };
    case "logs":
      return { type: "logs", query: option === undefined ? ANY_LOG : parseLogQuery(option) };
    case "newPendingTransactions":
      return {
        type: "newPendingTransactions",
        full: option === undefined ? false : parseBoolean(option),
      };
    default:
      throw new RpcError("RPC_METHOD_NOT_FOUND", {
        reason: `no "${name.slice(0, 40)}" subscription in eth namespace`,
      });
  }
}

/** Subscribes a WebSocket to newHeads, logs or newPendingTransactions. */
export const eth_subscribe = method({
  doc: "Subscribes a WebSocket to newHeads, logs or newPendingTransactions.",
  params: [required(parseText), optional(passUnparsed, undefined)],
  run([name, option], { subscriptions }) {
    if (subscriptions === undefined) throw new RpcError("RPC_NOTIFICATIONS_UNSUPPORTED");
    return subscriptions.add(parseKind(name, option));
  },
});
