import { decodeRevertReason } from "../../engine/decodeRevertReason.js";
import type { CallResult } from "../../engine/types.js";
import { toHex } from "../../util/hex.js";
import { RpcError } from "../errors.js";

/** Error that tells a caller why its call failed, in geth's words. */
export function callFailure(result: Pick<CallResult, "failure" | "returnData">): Error {
  if (result.failure?.kind === "exception") {
    return new RpcError("RPC_EXECUTION_FAILED", { reason: result.failure.reason });
  }
  const reason = decodeRevertReason(result.returnData);
  return new RpcError("RPC_EXECUTION_REVERTED", {
    reason: reason === undefined ? "execution reverted" : `execution reverted: ${reason}`,
    returnData: toHex(result.returnData),
  });
}

/** Errors: RPC_EXECUTION_REVERTED, RPC_EXECUTION_FAILED. */
export function assertSucceeded(result: CallResult): void {
  if (result.failure !== null) throw callFailure(result);
}
