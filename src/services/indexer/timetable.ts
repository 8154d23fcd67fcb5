import type { L1Reader } from "../../l1/types.js";
import { periodEndTime, periodOf } from "../../protocol/period.js";
import type { RollupConfig } from "../../protocol/types.js";
import type { FeedView } from "../chainAccess.js";
import type { ProposalStream } from "./proposalStream.js";

/** When the next things will happen to an L2 block, in L1 seconds; null where nothing tells. Estimates, from what happened lately. */
export interface Forecast {
  batchedAt: bigint | null;
  finalizedAt: bigint | null;
  proposedAt: bigint | null;
  confirmedAt: bigint | null;
}

/** What the timetable reads. */
export interface TimetableDeps {
  feeds: FeedView;
  proposals: Pick<ProposalStream, "get" | "indexed">;
  l1: Pick<L1Reader, "getHeader">;
}

/** Entries whose distance is averaged. */
const ENTRIES_LOOKED_AT = 8n;

/** Estimates of what comes next, from the latest entries and proposals. */
export class Timetable {
  readonly #config: RollupConfig;
  readonly #deps: TimetableDeps;
  #genesisTime: bigint | undefined;

  constructor(config: RollupConfig, deps: TimetableDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  /**
   * What is known already replaces an estimate: `batchedAt` the L1 time of the block's entry, `createdAt` that of its proposal.
   * Errors: those of L1Reader, at the first call.
   */
  async forecast(known: { batchedAt?: bigint; createdAt?: bigint } = {}): Promise<Forecast> {
    const { feeds } = this.#deps;
    const now = feeds.snapshot?.at.time;
    if (now === undefined) {
      return { batchedAt: null, finalizedAt: null, proposedAt: null, confirmedAt: null };
    }
    const { chain } = this.#config;
    const batchedAt = known.batchedAt ?? (await this.#nextEntryAt(now));
    const finalityLag = now - (feeds.heads?.finalized.time ?? now);
    const finalizedAt = batchedAt === null ? null : later(batchedAt + finalityLag, now);
    const proposedAt = known.createdAt ?? (await this.#nextProposalAt(batchedAt, now));
    const delays = chain.challengePeriodSeconds + chain.disputeGameFinalityDelaySeconds;
    const confirmedAt = proposedAt === null ? null : later(proposedAt + BigInt(delays) + 2n, now);
    return { batchedAt, finalizedAt, proposedAt, confirmedAt };
  }

  /** One mean distance of the latest entries after the last. The first counts from the chain's start, as an entry would. */
  async #nextEntryAt(now: bigint): Promise<bigint | null> {
    const { feeds } = this.#deps;
    const count = feeds.entryCount;
    const genesisTime = await this.#readGenesisTime();
    // Before the first entry nothing is known but that it took this long without one.
    if (count === 0n) return later(now + (now - genesisTime), now);
    const oldest = count > ENTRIES_LOOKED_AT ? count - ENTRIES_LOOKED_AT : 0n;
    const first = feeds.getEntry(oldest);
    const last = feeds.getEntry(count - 1n);
    if (!first || !last) return null;
    const steps = last.header.index - first.header.index;
    const [from, distances] = steps === 0n ? [genesisTime, 1n] : [first.header.l1Time, steps];
    return later(last.header.l1Time + (last.header.l1Time - from) / distances, now);
  }

  /** After the end of the entry's claim period, as late as the newest proposal was. */
  async #nextProposalAt(batchedAt: bigint | null, now: bigint): Promise<bigint | null> {
    if (batchedAt === null) return null;
    const genesisTime = await this.#readGenesisTime();
    const { periodSeconds } = this.#config.chain;
    const endOf = (time: bigint) =>
      periodEndTime(periodOf(time, genesisTime, periodSeconds), genesisTime, periodSeconds);
    const { feeds, proposals } = this.#deps;
    const newest = proposals.get(proposals.indexed - 1n);
    const lastEntry = newest && feeds.getEntry(newest.feedEnd - 1n);
    const lag = newest && lastEntry ? newest.createdAt - endOf(lastEntry.header.l1Time) : 0n;
    return later(endOf(batchedAt) + (lag > 0n ? lag : 0n), now);
  }

  /** The feed was initialized in the block after the chain's start. Source: docs/protocol/feeds.md#start */
  async #readGenesisTime(): Promise<bigint> {
    const { number } = this.#config.genesisOrigin;
    this.#genesisTime ??= (await this.#deps.l1.getHeader(number + 1n)).time;
    return this.#genesisTime;
  }
}

/** What has not happened yet happens later than now. */
function later(time: bigint, now: bigint): bigint {
  return time > now ? time : now + 1n;
}
