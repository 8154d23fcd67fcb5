import type { ChainReader, PayloadStatus } from "../../engine/types.js";
import { ZERO_HASH } from "../../util/hex.js";

/** A status as the Engine API writes it: before the merge there is no valid hash but zero. */
export async function encodeStatus(
  { status, latestValidHash, validationError }: PayloadStatus,
  engine: Pick<ChainReader, "getHeader">,
): Promise<Record<string, unknown>> {
  const isBeforeMerge =
    status === "INVALID" &&
    latestValidHash !== null &&
    ((await engine.getHeader({ hash: latestValidHash }))?.difficulty ?? 0n) > 0n;
  return {
    status,
    latestValidHash: isBeforeMerge ? ZERO_HASH : latestValidHash,
    validationError,
  };
}
