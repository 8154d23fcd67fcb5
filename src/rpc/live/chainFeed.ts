import type { BlockHeader, Engine, EngineEvent, FoundLog } from "../../engine/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Hash } from "../../util/hex.js";

/** One change of the chain with the logs it brought and took; in the order in which it happened. */
export type FeedEvent =
  | { type: "blocks"; added: BlockHeader[]; logs: FoundLog[] }
  | { type: "pendingTransaction"; hash: Hash };

/** Listens to the engine once for all filters and subscriptions, and reads logs only if somebody wants them. */
export class ChainFeed {
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #listeners = new Set<FeedListener>();
  readonly #unsubscribe: () => void;
  #tail: Promise<void> = Promise.resolve();

  constructor(engine: Engine, logger: Logger) {
    this.#engine = engine;
    this.#logger = logger;
    this.#unsubscribe = engine.subscribe((event) => this.#enqueue(event));
  }

  /** Returns the function that ends it. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when every event seen so far has been given out. */
  settled(): Promise<void> {
    return this.#tail;
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #enqueue(event: EngineEvent): void {
    if (event.type === "labels" || this.#listeners.size === 0) return;
    // Logs are read asynchronously; the chain of promises keeps events in order.
    this.#tail = this.#tail
      .then(() => this.#emit(event))
      .catch((error) => {
        this.#logger.warn({ error }, "event for subscribers lost");
      });
  }

  async #emit(event: Exclude<EngineEvent, { type: "labels" }>): Promise<void> {
    if (event.type === "pendingTransaction") return this.#give(event);
    const logs = this.#wantsLogs() ? await this.#readLogs(event.removed, event.added) : [];
    this.#give({ type: "blocks", added: event.added, logs });
  }

  #give(event: FeedEvent): void {
    for (const listener of this.#listeners) listener.onEvent(event);
  }

  #wantsLogs(): boolean {
    for (const listener of this.#listeners) if (listener.wantsLogs()) return true;
    return false;
  }

  async #readLogs(removed: BlockHeader[], added: BlockHeader[]): Promise<FoundLog[]> {
    const logs: FoundLog[] = [];
    for (const header of removed) {
      for (const log of (await this.#engine.getLogsOfBlock(header.hash)) ?? []) {
        logs.push({ ...log, removed: true });
      }
    }
    for (const header of added)
      logs.push(...((await this.#engine.getLogsOfBlock(header.hash)) ?? []));
    return logs;
  }
}

/** A consumer of the feed. `onEvent` must not throw. */
export interface FeedListener {
  onEvent(event: FeedEvent): void;
  wantsLogs(): boolean;
}
