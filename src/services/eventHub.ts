import { randomBytes } from "node:crypto";
import type { Clock } from "../util/clock.js";

/** What events are about. */
export const EVENT_TOPICS = [
  "heads",
  "batches",
  "deposits",
  "withdrawals",
  "proposals",
  "incidents",
] as const;
/** One of the topics. */
export type EventTopic = (typeof EVENT_TOPICS)[number];

/** One thing that happened. `data` is JSON as it goes out: identities, not whole objects. */
export interface HubEvent {
  /** Ascending within one run of the server; another run has other ids. */
  id: string;
  topic: EventTopic;
  atMs: number;
  data: object;
}

/** How far back a reader may be. */
export interface EventHubConfig {
  /** Events kept for readers that come back. */
  kept: number;
}

/** Events from whoever knows of them to whoever watches; the newest ones are kept for readers that were away. */
export class EventHub {
  readonly #config: EventHubConfig;
  readonly #clock: Clock;
  /** Of this run: ids of a former one are recognized as gone. */
  readonly #run = randomBytes(6).toString("hex");
  readonly #kept: HubEvent[] = [];
  readonly #listeners = new Set<(event: HubEvent) => void>();
  #count = 0;

  constructor(config: EventHubConfig, deps: { clock: Clock }) {
    this.#config = config;
    this.#clock = deps.clock;
  }

  publish(topic: EventTopic, data: object): void {
    this.#count += 1;
    const id = `${this.#run}-${this.#count}`;
    const event: HubEvent = { id, topic, atMs: this.#clock.nowMs(), data };
    this.#kept.push(event);
    if (this.#kept.length > this.#config.kept) this.#kept.shift();
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Listeners must not throw. Returns the unsubscribe function. */
  subscribe(listener: (event: HubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What came after an event, ascending; undefined if it is not kept any more, so that something may be missing. */
  since(id: string): HubEvent[] | undefined {
    const [run, digits = ""] = id.split("-");
    if (run !== this.#run || !/^\d{1,15}$/.test(digits)) return undefined;
    const count = Number(digits);
    const firstKept = this.#count - this.#kept.length + 1;
    if (count > this.#count || count < firstKept - 1) return undefined;
    return this.#kept.slice(count - firstKept + 1);
  }
}
