import { randomBytes } from "node:crypto";
import type { Engine } from "../../engine/types.js";
import { type Hex, toHex } from "../../util/hex.js";
import { encodeHeader } from "../encode/block.js";
import { encodeLog } from "../encode/log.js";
import { encodeTransaction } from "../encode/transaction.js";
import { RpcError } from "../errors.js";
import type { LogQuery } from "../params/logFilter.js";
import type { ChainFeed, FeedEvent } from "./chainFeed.js";
import { matchesLog } from "./logMatch.js";

/** What a socket can subscribe to. */
export type SubscriptionKind =
  | { type: "newHeads" }
  | { type: "logs"; query: LogQuery }
  | { type: "newPendingTransactions"; full: boolean };

/** Number of subscriptions of all sockets together. */
export interface SubscriptionBudget {
  used: number;
  readonly total: number;
  readonly perConnection: number;
}

/** Subscriptions of one socket. `send` gets the notifications; it copes with a slow reader itself. */
export class SubscriptionSet {
  readonly #engine: Engine;
  readonly #budget: SubscriptionBudget;
  readonly #send: (message: string) => void;
  readonly #kinds = new Map<Hex, SubscriptionKind>();
  readonly #stop: () => void;

  constructor(deps: {
    engine: Engine;
    feed: ChainFeed;
    budget: SubscriptionBudget;
    send: (message: string) => void;
  }) {
    this.#engine = deps.engine;
    this.#budget = deps.budget;
    this.#send = deps.send;
    this.#stop = deps.feed.listen({
      onEvent: (event) => this.#notify(event),
      wantsLogs: () => [...this.#kinds.values()].some((kind) => kind.type === "logs"),
    });
  }

  /** Errors: RPC_LIMIT_EXCEEDED. */
  add(kind: SubscriptionKind): Hex {
    if (this.#kinds.size >= this.#budget.perConnection || this.#budget.used >= this.#budget.total) {
      throw new RpcError("RPC_LIMIT_EXCEEDED", { reason: "too many subscriptions" });
    }
    const id = toHex(randomBytes(16));
    this.#kinds.set(id, kind);
    this.#budget.used++;
    return id;
  }

  /** Errors: RPC_SUBSCRIPTION_NOT_FOUND. */
  remove(id: Hex): boolean {
    if (!this.#kinds.delete(id)) throw new RpcError("RPC_SUBSCRIPTION_NOT_FOUND");
    this.#budget.used--;
    return true;
  }

  close(): void {
    this.#stop();
    this.#budget.used -= this.#kinds.size;
    this.#kinds.clear();
  }

  #notify(event: FeedEvent): void {
    for (const [id, kind] of this.#kinds) {
      for (const result of this.#resultsFor(kind, event)) {
        const params = { subscription: id, result };
        this.#send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params }));
      }
    }
  }

  #resultsFor(kind: SubscriptionKind, event: FeedEvent): unknown[] {
    if (event.type === "pendingTransaction") {
      if (kind.type !== "newPendingTransactions") return [];
      if (!kind.full) return [event.hash];
      const transaction = this.#engine.pool.get(event.hash);
      return transaction === undefined ? [] : [encodeTransaction(transaction)];
    }
    if (kind.type === "newHeads") return event.added.map(encodeHeader);
    if (kind.type === "logs") {
      return event.logs.filter((log) => matchesLog(log, kind.query)).map(encodeLog);
    }
    return [];
  }
}
