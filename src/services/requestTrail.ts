import type { Engine, EngineEvent } from "../engine/types.js";
import type { Logger } from "../telemetry/logger.js";
import { currentTraceId, runWithTrace } from "../telemetry/trace.js";
import type { Hash } from "../util/hex.js";
import type { IndexReader } from "./indexer/types.js";

/** How many transactions are followed at once. */
export interface RequestTrailConfig {
  transactions: number;
}

/** Defaults of a server. */
export const defaultRequestTrailConfig: RequestTrailConfig = { transactions: 4_096 };

/** Whom the trail watches. */
export interface RequestTrailDeps {
  engine: Pick<Engine, "subscribe" | "getBlock" | "getHeader">;
  index: Pick<IndexReader, "batchOfBlock">;
  logger: Logger;
}

interface Followed {
  traceId: string;
  /** Undefined: in the pool. */
  blockNumber: bigint | undefined;
}

/**
 * Follows transactions from the request that brought them to the L1 transaction that carries them: each stage is a log line with the
 * request's id. It knows only what came since the server started, and forgets the oldest beyond a limit.
 */
export class RequestTrail {
  readonly #config: RequestTrailConfig;
  readonly #deps: RequestTrailDeps;
  readonly #followed = new Map<Hash, Followed>();
  #tail: Promise<void> = Promise.resolve();
  #unsubscribe: (() => void) | undefined;

  constructor(config: RequestTrailConfig, deps: RequestTrailDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  start(): void {
    this.#unsubscribe ??= this.#deps.engine.subscribe((event) => this.#take(event));
  }

  /** Resolves when what was begun is logged. */
  settled(): Promise<void> {
    return this.#tail;
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    await this.settled();
  }

  #take(event: EngineEvent): void {
    if (event.type === "pendingTransaction") this.#follow(event.hash);
    if (event.type === "pendingTransaction" || this.#followed.size === 0) return;
    const work = () => (event.type === "head" ? this.#onHead(event) : this.#onSafe(event.safe));
    this.#tail = this.#tail
      .then(work)
      .catch((error) => this.#deps.logger.debug({ error }, "trail of requests interrupted"));
  }

  /** The engine tells of a transaction in the context of the request that brought it. */
  #follow(txHash: Hash): void {
    const traceId = currentTraceId();
    if (traceId === undefined) return;
    this.#followed.set(txHash, { traceId, blockNumber: undefined });
    this.#deps.logger.debug({ txHash }, "transaction taken into the pool");
    if (this.#followed.size <= this.#config.transactions) return;
    const [oldest] = this.#followed.keys();
    this.#followed.delete(oldest as Hash);
  }

  async #onHead({ added, removed }: EngineEvent & { type: "head" }): Promise<void> {
    const [lowest] = removed;
    for (const followed of this.#followed.values()) {
      const { blockNumber } = followed;
      if (lowest === undefined || blockNumber === undefined) continue;
      if (blockNumber >= lowest.number) followed.blockNumber = undefined;
    }
    for (const { hash, number } of added) {
      const block = await this.#deps.engine.getBlock({ hash });
      for (const txHash of block?.transactionHashes ?? []) {
        const followed = this.#followed.get(txHash);
        if (!followed) continue;
        followed.blockNumber = number;
        this.#log(followed, { txHash, blockNumber: number }, "transaction in an L2 block");
      }
    }
  }

  async #onSafe(safe: Hash): Promise<void> {
    const header = await this.#deps.engine.getHeader({ hash: safe });
    if (!header) return;
    for (const [txHash, followed] of this.#followed) {
      const { blockNumber } = followed;
      if (blockNumber === undefined || blockNumber > header.number) continue;
      const batch = await this.#deps.index.batchOfBlock(blockNumber);
      if (!batch) continue;
      this.#followed.delete(txHash);
      const fields = { txHash, blockNumber, entry: batch.index, l1TxHash: batch.l1.txHash };
      this.#log(followed, fields, "transaction on L1");
    }
  }

  #log({ traceId }: Followed, fields: Record<string, unknown>, message: string): void {
    runWithTrace(traceId, () => this.#deps.logger.debug(fields, message));
  }
}
