import { type Abi, decodeErrorResult, type Hex } from "viem";
import { FoveaError } from "../util/errors.js";

/**
 * Says why a simulation reverted: `SequencerFeedWrongIndex(3, 2)`, a revert string, or the bare selector.
 * Undefined if the error is not about a revert.
 */
export function readRevertReason(error: unknown, abi: Abi): string | undefined {
  if (!(error instanceof FoveaError) || error.code !== "L1_RPC_ERROR") return undefined;
  const message = String(error.data.rpcMessage);
  const data = findRevertData(error.data.rpcData);
  if (data === undefined)
    return /revert|out of gas|invalid opcode/i.test(message) ? message : undefined;
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    if (errorName === "Error") return String(args?.[0]);
    return `${errorName}(${(args ?? []).map(String).join(", ")})`;
  } catch {
    return data === "0x" ? message : data.slice(0, 10);
  }
}

/** The hex string somewhere in the error's data: nodes wrap it differently. */
function findRevertData(value: unknown): Hex | undefined {
  if (typeof value === "string") {
    return /(0x[0-9a-fA-F]*)$/.exec(value)?.[1] as Hex | undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { data, result } = value as Record<string, unknown>;
  return findRevertData(data ?? result);
}
