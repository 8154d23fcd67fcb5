import type { Clock } from "../util/clock.js";
import { clientKey } from "./clientKey.js";

/** How much an address may ask. */
export interface RateLimits {
  /** Units that come back per second; 0: no limit. */
  rateUnitsPerSecond: number;
  /** Units that an address can save up. */
  rateBurst: number;
}

interface Bucket {
  units: number;
  filledAtMs: number;
}

/** Clients remembered at once; who is forgotten starts with a full bucket. */
const MAX_CLIENTS = 10_000;

/** A bucket of units per client: requests take some, time brings them back. Programs on this machine are not limited. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #clock: Clock;
  /** The longest unused come first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits, deps: { clock: Clock }) {
    this.#limits = limits;
    this.#clock = deps.clock;
  }

  /** Clients remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** False if the address has not that many units left; then it loses none. */
  take(address: string | undefined, units: number): boolean {
    const { rateUnitsPerSecond, rateBurst } = this.#limits;
    const key = clientKey(address);
    if (rateUnitsPerSecond <= 0 || key === undefined) return true;
    const nowMs = this.#clock.nowMs();
    const bucket = this.#buckets.get(key) ?? { units: rateBurst, filledAtMs: nowMs };
    const earned = (Math.max(0, nowMs - bucket.filledAtMs) / 1_000) * rateUnitsPerSecond;
    bucket.units = Math.min(rateBurst, bucket.units + earned);
    bucket.filledAtMs = nowMs;
    this.#remember(key, bucket);
    if (bucket.units < units) return false;
    bucket.units -= units;
    return true;
  }

  #remember(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= MAX_CLIENTS) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
