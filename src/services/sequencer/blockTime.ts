/** dt is 16 bits wide in a batch. */
const MAX_DT = 65_535n;
/** How far a block that is full already may be ahead of the clock. Units: seconds. */
const MAX_AHEAD = 1n;

/** What waits in the pool: nothing, something, or as much as a block holds. */
export type Demand = "none" | "some" | "full";

/**
 * Timestamp of the next block, or undefined while it is not due.
 * A sequencer that is far behind jumps to the present; a clock of L1 that runs ahead of ours counts as the present. What waits in
 * the pool does not wait for the pace, but for the next second only, and for none if it fills a block.
 * Units: seconds, but `nowMs`.
 * Source: docs/protocol/derivation.md#sequencing
 */
export function nextBlockTime(input: {
  parentTime: bigint;
  nowMs: number;
  /** Time of the newest L1 block, at the moment `l1SeenMs` of our clock. */
  l1HeadTime: bigint;
  l1SeenMs: number;
  blockTimeSeconds: number;
  maxBlocksBehind: number;
  demand: Demand;
}): bigint | undefined {
  const pace = BigInt(input.blockTimeSeconds);
  const l1AheadMs = Number(input.l1HeadTime) * 1000 - input.l1SeenMs;
  // Within some seconds both clocks are the same clock.
  const nowMs = l1AheadMs > 5_000 ? input.nowMs + l1AheadMs : input.nowMs;
  const now = BigInt(Math.floor(nowMs / 1000));
  const nominal = input.parentTime + pace;
  if (now < nominal) return timeOnDemand(input.parentTime, now, input.demand);
  const isFarBehind = now - nominal > pace * BigInt(input.maxBlocksBehind);
  const time = isFarBehind ? now : nominal;
  return time - input.parentTime > MAX_DT ? input.parentTime + MAX_DT : time;
}

/** dt is at least one second. Source: docs/protocol/batch.md */
function timeOnDemand(parentTime: bigint, now: bigint, demand: Demand): bigint | undefined {
  if (demand === "none") return undefined;
  const soonest = parentTime + 1n;
  if (soonest > (demand === "full" ? now + MAX_AHEAD : now)) return undefined;
  return soonest > now ? soonest : now;
}
