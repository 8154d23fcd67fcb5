import { defineErrors } from "../util/errors.js";

/** Errors of the gateway itself. Their JSON-RPC numbers are in errorMap.ts. */
export const RpcError = defineErrors("RpcError", {
  RPC_PARSE_ERROR: { severity: "invalid", text: "parse error" },
  RPC_INVALID_REQUEST: { severity: "invalid", text: "invalid request" },
  RPC_METHOD_NOT_FOUND: { severity: "invalid", text: "the method does not exist/is not available" },
  RPC_INVALID_PARAMS: { severity: "invalid", text: "invalid argument" },
  RPC_BODY_TOO_LARGE: { severity: "invalid", text: "request body too large" },
  RPC_MEDIA_TYPE: { severity: "invalid", text: "content type must be application/json" },
  RPC_RESPONSE_TOO_LARGE: { severity: "invalid", text: "response too large" },
  RPC_LIMIT_EXCEEDED: { severity: "invalid", text: "limit exceeded" },
  RPC_RATE_LIMITED: { severity: "temporary", text: "rate limit exceeded" },
  RPC_OVERLOADED: { severity: "temporary", text: "too many requests at once, try again" },
  RPC_TIMEOUT: { severity: "temporary", text: "request timed out" },
  RPC_FILTER_NOT_FOUND: { severity: "invalid", text: "filter not found" },
  RPC_SUBSCRIPTION_NOT_FOUND: { severity: "invalid", text: "subscription not found" },
  RPC_NOTIFICATIONS_UNSUPPORTED: { severity: "invalid", text: "notifications not supported" },
  RPC_UNKNOWN_BLOCK: { severity: "invalid", text: "unknown block" },
  RPC_INVALID_RANGE: { severity: "invalid", text: "invalid block range params" },
  RPC_RANGE_IN_FUTURE: {
    severity: "invalid",
    text: "block range extends beyond current head block",
  },
  RPC_EXECUTION_REVERTED: { severity: "invalid", text: "execution reverted" },
  RPC_EXECUTION_FAILED: { severity: "invalid", text: "execution failed" },
  RPC_TOKEN_FILE: { severity: "critical", text: "a token file of the admin port cannot be used" },
  RPC_UNSUPPORTED_FORK: { severity: "invalid", text: "Unsupported fork" },
  RPC_LIST_TOO_LONG: { severity: "invalid", text: "Too large request" },
  RPC_CLIENT_LIMIT: { severity: "invalid", text: "more than this server allows" },
  RPC_TX_SYNC_TIMEOUT: {
    severity: "temporary",
    text: "the transaction is in the pool but no block had it in time",
  },
  RPC_NO_EXECUTION: { severity: "temporary", text: "the engine is another process" },
  RPC_UNAVAILABLE: { severity: "temporary", text: "not available on this node" },
});

/** Shortest way to say that an argument is wrong. */
export function invalidParams(reason: string): Error {
  return new RpcError("RPC_INVALID_PARAMS", { reason });
}
