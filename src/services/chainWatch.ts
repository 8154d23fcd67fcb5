import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import type { FeedView } from "./chainAccess.js";
import type { EventHub, EventTopic } from "./eventHub.js";
import type { IndexEvent, IndexReader } from "./indexer/types.js";
import type { RollupNodeView, SyncStatus } from "./types.js";

/** Pace of the watch. */
export interface ChainWatchConfig {
  /** Time between two looks. */
  everyMs: number;
}

/** What is watched, and who is told. */
export interface ChainWatchDeps {
  node: RollupNodeView;
  feeds: FeedView;
  index?: Pick<IndexReader, "subscribe"> | undefined;
  health: { observe(): void };
  events: EventHub;
  clock: Clock;
  logger: Logger;
}

const HEADS = [
  "headL1",
  "safeL1",
  "finalizedL1",
  "unsafeL2",
  "safeL2",
  "finalizedL2",
] as const satisfies (keyof SyncStatus)[];

/** Looks at heads, feeds and health a few times per second, and publishes what changed; events between two looks are one. */
export class ChainWatch {
  readonly #config: ChainWatchConfig;
  readonly #deps: ChainWatchDeps;
  #lastHeads = "";
  #derived: bigint | undefined;
  #unsubscribe: (() => void) | undefined;
  #abort = new AbortController();
  #running: Promise<void> | undefined;

  constructor(config: ChainWatchConfig, deps: ChainWatchDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  start(): void {
    this.#unsubscribe ??= this.#deps.index?.subscribe((event) =>
      this.#deps.events.publish(...toPublished(event)),
    );
    this.#running ??= this.#run(this.#abort.signal);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#unsubscribe?.();
    await this.#running;
  }

  /** One look. */
  async look(): Promise<void> {
    this.#deps.health.observe();
    const status = await this.#deps.node.syncStatus();
    const heads = Object.fromEntries(
      HEADS.map((name) => {
        const { number, hash, time } = status[name];
        return [name, { number: Number(number), hash, timestamp: Number(time) }];
      }),
    );
    const text = JSON.stringify(heads);
    if (text !== this.#lastHeads) {
      this.#lastHeads = text;
      this.#deps.events.publish("heads", heads);
    }
    const { derivedCount } = this.#deps.feeds;
    if (this.#derived !== undefined && derivedCount !== this.#derived) {
      const change = derivedCount > this.#derived ? "derived" : "rewound";
      this.#deps.events.publish("batches", { change, derived: Number(derivedCount) });
    }
    this.#derived = derivedCount;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch((error) =>
        this.#deps.logger.debug({ error }, "no look at the heads"),
      );
      await this.#deps.clock.sleep(this.#config.everyMs, signal);
    }
  }
}

function toPublished(event: IndexEvent): [EventTopic, object] {
  switch (event.type) {
    case "deposit":
      return ["deposits", { index: Number(event.index), change: event.change }];
    case "withdrawal":
      return ["withdrawals", { withdrawalHash: event.withdrawalHash, change: event.change }];
    case "proposal":
      return ["proposals", { index: Number(event.index), change: event.change }];
    case "batch":
      return ["batches", { index: Number(event.index), change: event.change }];
  }
}
