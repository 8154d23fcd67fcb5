import type { Engine } from "../../../engine/types.js";
import type { RollupNodeView } from "../../../services/types.js";
import type { Metrics } from "../../../telemetry/metrics.js";
import type { Clock } from "../../../util/clock.js";

/** Unsafe blocks whose sizes are added up at one scrape. */
const MAX_SIZED_BLOCKS = 2_000n;

/** Heads of both layers, how old they are, and what lies between them. */
export function registerHeadMetrics(
  metrics: Metrics,
  deps: {
    node: Pick<RollupNodeView, "syncStatus">;
    engine: Pick<Engine, "getHeader">;
    clock: Clock;
  },
): void {
  const labels = ["layer", "kind"];
  const numbers = metrics.gauge("head_number", "Number of a head.", labels);
  const ages = metrics.gauge("head_age_seconds", "Time since the time of a head's block.", labels);
  const lag = metrics.gauge("derivation_lag_blocks", "L1 blocks not derived from yet.");
  const blocks = metrics.gauge("batch_backlog_blocks", "L2 blocks above the safe head.");
  const bytes = metrics.gauge("batch_backlog_bytes", "Size of the L2 blocks above the safe head.");
  metrics.onScrape(async () => {
    const heads = await deps.node.syncStatus();
    const nowSec = deps.clock.nowMs() / 1_000;
    const rows = [
      ["l1", "head", heads.headL1],
      ["l1", "safe", heads.safeL1],
      ["l1", "finalized", heads.finalizedL1],
      ["l1", "derived", heads.currentL1],
      ["l2", "unsafe", heads.unsafeL2],
      ["l2", "safe", heads.safeL2],
      ["l2", "finalized", heads.finalizedL2],
      ["l2", "undisputed", heads.undisputedL2],
    ] as const;
    for (const [layer, kind, head] of rows) {
      if (head === null) continue;
      numbers.set({ layer, kind }, Number(head.number));
      ages.set({ layer, kind }, Math.max(0, nowSec - Number(head.time)));
    }
    lag.set(Number(heads.headL1.number - heads.currentL1.number));
    const { safeL2, unsafeL2 } = heads;
    blocks.set(Math.max(0, Number(unsafeL2.number - safeL2.number)));
    let size = 0;
    const last = safeL2.number + MAX_SIZED_BLOCKS;
    for (let n = safeL2.number + 1n; n <= unsafeL2.number && n <= last; n += 1n) {
      size += (await deps.engine.getHeader(n))?.sizeBytes ?? 0;
    }
    bytes.set(size);
  });
}
