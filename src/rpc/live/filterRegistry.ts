import { randomBytes } from "node:crypto";
import type { Clock } from "../../util/clock.js";
import { type Hex, toHex } from "../../util/hex.js";
import { clientKey } from "../clientKey.js";
import { encodeLog } from "../encode/log.js";
import { RpcError } from "../errors.js";
import type { LogQuery } from "../params/logFilter.js";
import type { ChainFeed, FeedEvent } from "./chainFeed.js";
import { matchesLog } from "./logMatch.js";

/** What a filter collects. */
export type FilterKind =
  | { type: "blocks" }
  | { type: "transactions" }
  | { type: "logs"; query: LogQuery };

interface Filter {
  kind: FilterKind;
  /** Whose limit it counts to. */
  owner: string | undefined;
  items: unknown[];
  usedAtMs: number;
  /** More came than fits: the next poll says so instead of leaving a gap. */
  overflowed: boolean;
}

/** How many filters there may be, how long one may rest, and how much it may collect. */
export interface FilterLimits {
  filters: number;
  filtersPerIp: number;
  filterIdleMs: number;
  filterQueueItems: number;
}

/** Filters of HTTP clients: collect until polled, forgotten when nobody polls. */
export class FilterRegistry {
  readonly #limits: FilterLimits;
  readonly #feed: ChainFeed;
  readonly #clock: Clock;
  readonly #filters = new Map<Hex, Filter>();
  readonly #stop: () => void;

  constructor(limits: FilterLimits, deps: { feed: ChainFeed; clock: Clock }) {
    this.#limits = limits;
    this.#feed = deps.feed;
    this.#clock = deps.clock;
    this.#stop = deps.feed.listen({
      onEvent: (event) => this.#collect(event),
      wantsLogs: () => [...this.#filters.values()].some((filter) => filter.kind.type === "logs"),
    });
  }

  /** `clientIp` is who asks. Errors: RPC_LIMIT_EXCEEDED when there are too many, of this client or of all. */
  create(kind: FilterKind, clientIp?: string): Hex {
    this.#expire();
    const owner = clientKey(clientIp);
    const { filters, filtersPerIp } = this.#limits;
    if (this.#filters.size >= filters || this.#countOf(owner) >= filtersPerIp) {
      throw new RpcError("RPC_LIMIT_EXCEEDED", { reason: "too many filters" });
    }
    const id = toHex(randomBytes(16));
    const usedAtMs = this.#clock.nowMs();
    this.#filters.set(id, { kind, owner, items: [], usedAtMs, overflowed: false });
    return id;
  }

  /** What came since the last poll. Errors: RPC_FILTER_NOT_FOUND. */
  async takeChanges(id: Hex): Promise<unknown[]> {
    await this.#feed.settled();
    const filter = this.#get(id);
    if (filter.overflowed) {
      this.#filters.delete(id);
      throw new RpcError("RPC_FILTER_NOT_FOUND", {
        reason: "filter not found: too many changes since the last poll",
      });
    }
    return filter.items.splice(0);
  }

  /** Query of a log filter. Errors: RPC_FILTER_NOT_FOUND. */
  getQuery(id: Hex): LogQuery {
    const { kind } = this.#get(id);
    if (kind.type !== "logs") throw new RpcError("RPC_FILTER_NOT_FOUND");
    return kind.query;
  }

  remove(id: Hex): boolean {
    return this.#filters.delete(id);
  }

  close(): void {
    this.#stop();
    this.#filters.clear();
  }

  #countOf(owner: string | undefined): number {
    if (owner === undefined) return 0;
    return [...this.#filters.values()].filter((filter) => filter.owner === owner).length;
  }

  #get(id: Hex): Filter {
    this.#expire();
    const filter = this.#filters.get(id);
    if (filter === undefined) throw new RpcError("RPC_FILTER_NOT_FOUND");
    filter.usedAtMs = this.#clock.nowMs();
    return filter;
  }

  #expire(): void {
    const oldest = this.#clock.nowMs() - this.#limits.filterIdleMs;
    for (const [id, filter] of this.#filters)
      if (filter.usedAtMs < oldest) this.#filters.delete(id);
  }

  #collect(event: FeedEvent): void {
    this.#expire();
    for (const filter of this.#filters.values()) {
      if (filter.overflowed) continue;
      for (const item of itemsFor(filter.kind, event)) filter.items.push(item);
      if (filter.items.length > this.#limits.filterQueueItems) {
        filter.overflowed = true;
        filter.items = [];
      }
    }
  }
}

function itemsFor(kind: FilterKind, event: FeedEvent): unknown[] {
  if (event.type === "pendingTransaction") return kind.type === "transactions" ? [event.hash] : [];
  if (kind.type === "blocks") return event.added.map((header) => header.hash);
  if (kind.type === "transactions") return [];
  return event.logs.filter((log) => matchesLog(log, kind.query)).map(encodeLog);
}
