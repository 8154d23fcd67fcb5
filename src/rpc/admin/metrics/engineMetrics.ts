import type { Engine } from "../../../engine/types.js";
import type { Metrics } from "../../../telemetry/metrics.js";

/** The unsafe head, blocks taken back, and transactions taken in, as the engine tells of them. */
export function registerEngineMetrics(metrics: Metrics, engine: Pick<Engine, "subscribe">): void {
  const unsafe = metrics.gauge("engine_unsafe_head_block", "Number of the unsafe L2 head.");
  const reorgs = metrics.counter("engine_reorged_blocks_total", "L2 blocks taken back.");
  const transactions = metrics.counter(
    "engine_pool_transactions_total",
    "Transactions taken into the pool.",
  );
  engine.subscribe((event) => {
    if (event.type === "pendingTransaction") transactions.inc();
    if (event.type !== "head") return;
    const head = event.added.at(-1);
    if (head !== undefined) unsafe.set(Number(head.number));
    reorgs.inc(event.removed.length);
  });
}
