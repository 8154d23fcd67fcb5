import type { Metrics } from "../telemetry/metrics.js";
import type { Clock } from "../util/clock.js";

const HOUR_MS = 3_600_000;
/** A server that has just started has spent too little time to extrapolate from less. */
const MIN_WINDOW_MS = 300_000;
const BUCKET_MS = 60_000;
const CONFIRM_BUCKETS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

/** One transaction that is on L1. */
export interface IncludedTx {
  label: string;
  feeWei: bigint;
  seconds: number;
}

/** Counts what one key spends on fees, for runways and metrics. Stakes and other values are not fees. */
export class SenderStats {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #role: string;
  readonly #metrics: Metrics | undefined;
  /** Wei by minute. */
  #buckets: { atMs: number; wei: bigint }[] = [];

  constructor(config: { role: string }, deps: { clock: Clock; metrics?: Metrics | undefined }) {
    this.#role = config.role;
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#startedMs = deps.clock.nowMs();
    // Made at once, so that the first scrape already has them.
    this.#bumps()?.inc({ role: this.#role }, 0);
    this.#seconds();
    this.#fees();
  }

  bumped(): void {
    this.#bumps()?.inc({ role: this.#role });
  }

  included({ label, feeWei, seconds }: IncludedTx): void {
    const nowMs = this.#clock.nowMs();
    const atMs = nowMs - (nowMs % BUCKET_MS);
    const last = this.#buckets.at(-1);
    if (last?.atMs === atMs) last.wei += feeWei;
    else this.#buckets.push({ atMs, wei: feeWei });
    this.#forget(nowMs);
    const kind = label.split(" ")[0] ?? "";
    this.#seconds()?.observe({ role: this.#role }, seconds);
    this.#fees()?.inc({ role: this.#role, kind }, Number(feeWei));
    if (kind === "append") this.#batchCost()?.set(Number(feeWei));
  }

  /** Wei of fees per hour, from the last hour or the time since the start. */
  feesPerHourWei(): bigint {
    const nowMs = this.#clock.nowMs();
    this.#forget(nowMs);
    const spent = this.#buckets.reduce((sum, { wei }) => sum + wei, 0n);
    const windowMs = Math.min(HOUR_MS, Math.max(MIN_WINDOW_MS, nowMs - this.#startedMs));
    return (spent * BigInt(HOUR_MS)) / BigInt(Math.round(windowMs));
  }

  #forget(nowMs: number): void {
    this.#buckets = this.#buckets.filter(({ atMs }) => atMs > nowMs - HOUR_MS);
  }

  #bumps() {
    return this.#metrics?.counter(
      "l1_tx_bumps_total",
      "L1 transactions sent again with higher fees.",
      ["role"],
    );
  }

  #seconds() {
    return this.#metrics?.histogram(
      "l1_tx_confirm_seconds",
      "Time from sending an L1 transaction to its inclusion.",
      ["role"],
      CONFIRM_BUCKETS,
    );
  }

  #fees() {
    return this.#metrics?.counter("l1_fees_wei_total", "Fees paid on L1.", ["role", "kind"]);
  }

  #batchCost() {
    return this.#metrics?.gauge("batch_cost_wei", "L1 fee of the last batch.");
  }
}
