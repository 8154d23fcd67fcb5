import { GENESIS_PARENT_INDEX } from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import { type OracleReader, type ProposalState, ProposalStatus } from "./types.js";

const PAGE = 64;
/** More than a challenge period and a finality delay can hold at any sensible setting. */
const MAX_OPEN = 20_000;

/** True if a proposal is resolved for it and ripe: `isGameClaimValid`. Source: docs/protocol/proposals.md#registry-answers */
export function isConfirmed(
  proposal: ProposalState,
  l1Time: bigint,
  finalityDelaySeconds: number,
): boolean {
  return (
    proposal.status === ProposalStatus.defenderWins &&
    l1Time > proposal.resolvedAt + BigInt(finalityDelaySeconds)
  );
}

/**
 * The proposals that still matter: the newest confirmed one and everything after it. Read anew at each L1 block, so a reorg needs no
 * care; what is before the newest confirmed proposal can change nothing any more.
 */
export class ProposalBook {
  readonly #reader: OracleReader;
  readonly #finalityDelaySeconds: number;
  #open: ProposalState[] = [];
  /** Parent of the first open one. */
  #before: ProposalState | undefined;
  #at: L1BlockRef | undefined;

  constructor(config: { finalityDelaySeconds: number }, deps: { reader: OracleReader }) {
    this.#finalityDelaySeconds = config.finalityDelaySeconds;
    this.#reader = deps.reader;
  }

  /** Ascending. */
  get open(): readonly ProposalState[] {
    return this.#open;
  }

  /** L1 block of the last refresh. */
  get at(): L1BlockRef | undefined {
    return this.#at;
  }

  get(index: bigint): ProposalState | undefined {
    if (index === this.#before?.index) return this.#before;
    const first = this.#open[0];
    return first && index >= first.index ? this.#open[Number(index - first.index)] : undefined;
  }

  /** Newest proposal that is confirmed at the L1 block of the last refresh. */
  newestConfirmed(): ProposalState | undefined {
    return this.#open.findLast((proposal) => this.#isConfirmed(proposal));
  }

  async refresh(at: L1BlockRef): Promise<void> {
    if (this.#at?.hash === at.hash) return;
    const before = this.#at;
    this.#at = at;
    try {
      await this.#load(at);
    } catch (error) {
      this.#at = before;
      throw error;
    }
  }

  async #load(at: L1BlockRef): Promise<void> {
    const count = await this.#reader.getCount(at);
    const open: ProposalState[] = [];
    let end = count;
    // Backwards, page by page, until a confirmed one is found.
    while (end > 0n && open.length < MAX_OPEN) {
      const from = end > BigInt(PAGE) ? end - BigInt(PAGE) : 0n;
      open.unshift(...(await this.#reader.getProposals(from, Number(end - from), at)));
      end = from;
      if (open.some((proposal) => this.#isConfirmed(proposal))) break;
    }
    const first = open.findLastIndex((proposal) => this.#isConfirmed(proposal));
    this.#open = open.slice(Math.max(first, 0));
    const parentIndex = this.#open[0]?.parentIndex ?? GENESIS_PARENT_INDEX;
    this.#before =
      parentIndex === GENESIS_PARENT_INDEX
        ? undefined
        : (await this.#reader.getProposals(parentIndex, 1, at))[0];
  }

  #isConfirmed(proposal: ProposalState): boolean {
    return (
      this.#at !== undefined && isConfirmed(proposal, this.#at.time, this.#finalityDelaySeconds)
    );
  }
}
