/** dt is 16 bits wide in a batch. */
const MAX_DT = 65_535n;

/**
 * Timestamp of the next block, or undefined while it is not due.
 * A sequencer that is far behind jumps to the present; a clock of L1 that runs ahead of ours counts as the present.
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
}): bigint | undefined {
  const pace = BigInt(input.blockTimeSeconds);
  const l1AheadMs = Number(input.l1HeadTime) * 1000 - input.l1SeenMs;
  // Within some seconds both clocks are the same clock.
  const nowMs = l1AheadMs > 5_000 ? input.nowMs + l1AheadMs : input.nowMs;
  const now = BigInt(Math.floor(nowMs / 1000));
  const nominal = input.parentTime + pace;
  if (now < nominal) return undefined;
  const isFarBehind = now - nominal > pace * BigInt(input.maxBlocksBehind);
  const time = isFarBehind ? now : nominal;
  return time - input.parentTime > MAX_DT ? input.parentTime + MAX_DT : time;
}
