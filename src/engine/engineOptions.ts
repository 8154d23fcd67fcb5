import type { RollupConfig } from "../protocol/index.js";
import type { KeyValueStore } from "../storage/types.js";
import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import type { PoolFactory } from "./poolTypes.js";

/** What an engine of any chain is opened with. */
export interface CommonEngineOptions {
  store: KeyValueStore;
  clock: Clock;
  logger?: Logger;
  /** File of the pool's journal; without it the pool forgets with the process. */
  journalPath?: string;
  /** Another pool than the journaled one. */
  createPool?: PoolFactory;
  /** Longest time of an `eth_call` and the like, in milliseconds. */
  callTimeoutMs?: number;
  /** Threads that calls run in; absent or 0: they run in this one, and give way to other work now and then. */
  threads?: number;
}

/** What the engine of the L2 is opened with. */
export interface EngineOptions extends CommonEngineOptions {
  rollup: RollupConfig;
}
