import type { FeedView } from "../chainAccess.js";
import type { StepResult } from "../types.js";
import type { IndexEvent } from "./types.js";

/** What the stream reads. */
export interface BatchStreamDeps {
  feeds: Pick<FeedView, "getEntry" | "snapshot">;
  emit(events: IndexEvent[]): void;
}

/** Newer entries than these are announced one by one. */
const MAX_ANNOUNCED = 16n;

/** Announces entries of the SequencerFeed. Nothing is stored: the node keeps entries, and where each ends on L2. */
export class BatchStream {
  readonly #deps: BatchStreamDeps;
  #length: bigint | undefined;
  #lastHash = "";

  constructor(deps: BatchStreamDeps) {
    this.#deps = deps;
  }

  async step(): Promise<StepResult> {
    const entries = this.#deps.feeds.snapshot?.entries;
    if (!entries || entries.lastHash === this.#lastHash) return { status: "idle" };
    const { length, lastHash } = entries;
    // An announced entry can be asked for.
    if (length > 0n && !this.#deps.feeds.getEntry(length - 1n)) return { status: "idle" };
    const before = this.#length;
    this.#length = length;
    this.#lastHash = lastHash;
    if (before === undefined) return { status: "idle" };
    const [low, high] = before < length ? [before, length] : [length, before];
    const change = before < length ? "posted" : "removed";
    const events: IndexEvent[] = [];
    const first = high - low > MAX_ANNOUNCED ? high - MAX_ANNOUNCED : low;
    for (let index = first; index < high; index += 1n) {
      events.push({ type: "batch", index, change });
    }
    this.#deps.emit(events);
    return { status: "idle" };
  }
}
