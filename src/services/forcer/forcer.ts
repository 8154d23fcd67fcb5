import type { FeedRecord, L1Sender } from "../../l1/types.js";
import type { RollupConfig } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import type { ChainAccess, FeedView } from "../chainAccess.js";
import { encodeForceInclude } from "../feedCalls.js";
import { InclusionGate } from "../inclusionGate.js";
import { type LoopConfig, LoopRole } from "../loopRole.js";
import type { StepResult } from "../types.js";

/** Settings of the forcer. */
export interface ForcerConfig {
  loop: LoopConfig;
}

/** Defaults of the forcer. */
export const defaultForcerConfig: ForcerConfig = {
  loop: { idleMs: 1_000, backoffMs: 1_000, maxBackoffMs: 15_000 },
};

/**
 * The first record that no entry covers, if anybody may force it in at the newest L1 block.
 * Source: docs/protocol/feeds.md#forced-inclusion
 */
export function overdueRecord(feeds: FeedView, config: RollupConfig): FeedRecord | undefined {
  const { snapshot } = feeds;
  if (!snapshot) return undefined;
  const record = feeds.getRecord(snapshot.entries.lastDepTo);
  if (!record) return undefined;
  const due = record.header.l1Time + BigInt(config.chain.forceDelaySeconds);
  return snapshot.at.time >= due ? record : undefined;
}

/** Calls forceInclude when a deposit waits too long: the censorship exit, run by anyone with some ETH on L1. */
export class Forcer extends LoopRole {
  readonly name = "forcer";
  readonly #chain: Pick<ChainAccess, "feeds" | "rollupConfig">;
  readonly #sender: L1Sender;
  readonly #gate: InclusionGate;

  constructor(
    config: ForcerConfig,
    deps: {
      chain: Pick<ChainAccess, "feeds" | "rollupConfig">;
      sender: L1Sender;
      clock: Clock;
      logger: Logger;
    },
  ) {
    super(config.loop, deps);
    this.#chain = deps.chain;
    this.#sender = deps.sender;
    this.#gate = new InclusionGate(deps);
  }

  async step(): Promise<StepResult> {
    const { snapshot } = this.#chain.feeds;
    const record = overdueRecord(this.#chain.feeds, this.#chain.rollupConfig);
    if (!snapshot || !record) return { status: "idle" };
    if (this.#gate.isClosed(snapshot.at)) {
      return { status: "waiting", detail: "the node has not seen the last entry yet" };
    }
    const { length, lastHash } = snapshot.entries;
    try {
      const { blockNumber, txHash } = await this.#sender.send(
        {
          to: this.#chain.rollupConfig.addresses.sequencerFeed,
          data: encodeForceInclude(length, lastHash),
          label: `forceInclude ${length}`,
        },
        this.signal,
      );
      this.#gate.note(blockNumber);
      this.logger.warn({ record: record.header.index, entry: length, txHash }, "record forced in");
      return { status: "progress" };
    } catch (error) {
      if (!hasCode(error, "L1_TX_REVERTED")) throw error;
      return { status: "waiting", detail: "forceInclude refused" };
    }
  }
}
