import type { Engine } from "../../engine/types.js";
import type { FeedSnapshot, L1Reader, L1Sender } from "../../l1/types.js";
import { encodeBatch } from "../../protocol/index.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import type { ChainAccess, ChainTip } from "../chainAccess.js";
import { encodeAppend } from "../feedCalls.js";
import { InclusionGate } from "../inclusionGate.js";
import { LoopRole } from "../loopRole.js";
import type { StepResult } from "../types.js";
import type { BatcherConfig } from "./config.js";
import { type PackedBatch, packBatch } from "./packBatch.js";

/**
 * Posts unsafe blocks to the SequencerFeed. It keeps nothing: what is pending follows from the feed's tip and the engine's head, and
 * the call names the tip it was made for, so a late or doubled append reverts.
 * Source: docs/protocol/feeds.md#append
 */
export class Batcher extends LoopRole {
  readonly name = "batcher";
  readonly #config: BatcherConfig;
  readonly #chain: ChainAccess;
  readonly #engine: Pick<Engine, "getBlock" | "getHeader">;
  readonly #l1: L1Reader;
  readonly #sender: L1Sender;
  readonly #gate: InclusionGate;
  #mustFlush = false;

  constructor(
    config: BatcherConfig,
    deps: {
      chain: ChainAccess;
      engine: Pick<Engine, "getBlock" | "getHeader">;
      l1: L1Reader;
      sender: L1Sender;
      clock: Clock;
      logger: Logger;
    },
  ) {
    super(config.loop, deps);
    this.#config = config;
    this.#chain = deps.chain;
    this.#engine = deps.engine;
    this.#l1 = deps.l1;
    this.#sender = deps.sender;
    this.#gate = new InclusionGate(deps);
  }

  override readinessProblems(): string[] {
    return [...super.readinessProblems(), ...this.#chain.syncProblems()];
  }

  /** The next step that can posts what is pending, whatever the interval says. */
  requestFlush(): void {
    this.#mustFlush = true;
  }

  /** Posts at most one entry. Errors: those of L1Sender but L1_TX_REVERTED, which means: look again. */
  async step(): Promise<StepResult> {
    const [problem] = this.#chain.syncProblems();
    const { snapshot } = this.#chain.feeds;
    if (problem !== undefined || !snapshot) return { status: "waiting", detail: problem ?? "" };
    if (this.#gate.isClosed(snapshot.at)) {
      return { status: "waiting", detail: "the node has not seen the last entry yet" };
    }
    const safe = await this.#chain.safeTip();
    if (!(await this.#isDue(safe))) return { status: "idle" };
    const batch = await packBatch(this.#chain, this.#engine, safe, snapshot);
    if (!batch) return { status: "waiting", detail: "no block can be posted yet" };
    if (this.#isTooOld(batch, snapshot)) {
      await this.#chain.dropUnsafe("L1 can no longer look up the hashes of their origins");
      return { status: "progress", detail: "unsafe blocks dropped" };
    }
    return this.#append(batch, snapshot);
  }

  async #isDue(safe: ChainTip): Promise<boolean> {
    const unsafe = await this.#chain.unsafeTip();
    if (!unsafe || unsafe.number <= safe.number) {
      this.#mustFlush = false;
      return false;
    }
    if (this.#mustFlush) return true;
    const sinceMs = this.clock.nowMs() - (this.#gate.lastMs ?? Number.NEGATIVE_INFINITY);
    if (sinceMs >= this.#config.intervalMs) return true;
    let bytes = 0;
    for (let number = safe.number + 1n; number <= unsafe.number; number += 1n) {
      bytes += (await this.#engine.getHeader(number))?.sizeBytes ?? 0;
      if (bytes >= this.#config.targetBytes) return true;
    }
    return false;
  }

  #isTooOld({ origins }: PackedBatch, snapshot: FeedSnapshot): boolean {
    return (
      origins !== null &&
      snapshot.at.number - origins.first > this.#config.originHistoryBlocks - 64n
    );
  }

  async #append(batch: PackedBatch, snapshot: FeedSnapshot): Promise<StepResult> {
    const { length, lastHash, lastOrigin, lastDepTo } = snapshot.entries;
    const origins = batch.origins ?? { first: lastOrigin + 1n, last: lastOrigin };
    const { cursor } = batch.tip;
    const isCursorOrigin = cursor.origin.number === origins.last;
    const lastOriginHash = isCursorOrigin
      ? cursor.origin.hash
      : (await this.#l1.getHeader(origins.last)).hash;
    const data = encodeAppend({
      expectedIndex: length,
      expectedPrevHash: lastHash,
      firstOrigin: origins.first,
      lastOrigin: origins.last,
      lastOriginHash,
      depTo: batch.origins ? cursor.recordIndex : lastDepTo,
      data: encodeBatch(batch.blocks),
    });
    const to = this.#chain.rollupConfig.addresses.sequencerFeed;
    try {
      const { txHash, blockNumber } = await this.#sender.send(
        {
          to,
          data,
          label: `append ${length}`,
        },
        this.signal,
      );
      this.#gate.note(blockNumber);
      this.#mustFlush = false;
      this.logger.info(
        { entry: length, blocks: batch.blocks.length, last: batch.tip.number, txHash },
        "entry appended",
      );
      return { status: "progress" };
    } catch (error) {
      if (!hasCode(error, "L1_TX_REVERTED")) throw error;
      // The tip moved, or an origin was reorged: the next step sees which.
      this.logger.info({ entry: length, error }, "append refused, looking again");
      return { status: "waiting", detail: "append refused" };
    }
  }
}
