import { ProtocolError } from "./errors.js";

/**
 * Claim period that an L1 time belongs to.
 * Units: seconds. Errors: PROTOCOL_BAD_VALUE for a time before genesis or a period of zero length.
 * Source: docs/protocol/feeds.md#claim-periods
 */
export function periodOf(l1Time: bigint, genesisTime: bigint, periodSeconds: number): bigint {
  if (l1Time < genesisTime || periodSeconds < 1) {
    throw new ProtocolError("PROTOCOL_BAD_VALUE", { l1Time, genesisTime, periodSeconds });
  }
  return (l1Time - genesisTime) / BigInt(periodSeconds);
}

/** First L1 time, in seconds, after a period. */
export function periodEndTime(period: bigint, genesisTime: bigint, periodSeconds: number): bigint {
  return genesisTime + (period + 1n) * BigInt(periodSeconds);
}
