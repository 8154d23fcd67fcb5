import { GENESIS_PARENT_INDEX } from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import type { OutputAccess } from "../chainAccess.js";
import { type LoopConfig, LoopRole } from "../loopRole.js";
import { judge } from "../proposals/judge.js";
import { ProposalBook } from "../proposals/proposalBook.js";
import type { OracleReader, ProposalState } from "../proposals/types.js";
import type { ProposalVerdict, StepResult } from "../types.js";

/** Settings of the verifier. */
export interface VerifierConfig {
  /** Older proposals judged by one step. */
  proposalsPerStep: number;
  loop: LoopConfig;
}

/** Defaults of the verifier. */
export const defaultVerifierConfig: VerifierConfig = {
  proposalsPerStep: 64,
  loop: { idleMs: 1_000, backoffMs: 1_000, maxBackoffMs: 15_000 },
};

/**
 * Compares every proposal with the node's own output roots, and tells the node which one is confirmed. It needs no key.
 * Verdicts on proposals that can still change are made anew at each L1 block.
 */
export class Verifier extends LoopRole {
  readonly name = "verifier";
  readonly #config: VerifierConfig;
  readonly #node: OutputAccess;
  readonly #reader: OracleReader;
  readonly #book: ProposalBook;
  /** Proposals below this have a verdict that stays. */
  #judgedBelow = 0n;
  #lastAt: string | undefined;
  #verdicts: Record<ProposalVerdict["verdict"], number> = { agree: 0, disagree: 0, unknown: 0 };

  constructor(
    config: VerifierConfig,
    deps: { node: OutputAccess; reader: OracleReader; clock: Clock; logger: Logger },
  ) {
    super(config.loop, deps);
    this.#config = config;
    this.#node = deps.node;
    this.#reader = deps.reader;
    const { disputeGameFinalityDelaySeconds } = deps.node.rollupConfig.chain;
    this.#book = new ProposalBook({ finalityDelaySeconds: disputeGameFinalityDelaySeconds }, deps);
  }

  /** Unresolved proposals that contradict this node. */
  get disagreements(): number {
    return this.#verdicts.disagree;
  }

  /** Numbers of unresolved and newest confirmed proposals by verdict. */
  get verdictCounts(): Readonly<Record<ProposalVerdict["verdict"], number>> {
    return this.#verdicts;
  }

  /** Judges what is open and some of what is older. Errors: those of OracleReader. */
  async step(): Promise<StepResult> {
    const at = this.#node.feeds.snapshot?.at;
    if (!at) return { status: "waiting", detail: "L1 has not answered yet" };
    const key = `${at.hash} ${this.#node.feeds.derivedCount}`;
    const hasBacklog = await this.#judgeOlder(at);
    if (key === this.#lastAt) return { status: hasBacklog ? "progress" : "idle" };
    await this.#book.refresh(at);
    const verdicts = await this.#judgeAll(this.#book.open, at);
    const counts = { agree: 0, disagree: 0, unknown: 0 };
    for (const { verdict } of verdicts) counts[verdict] += 1;
    this.#verdicts = counts;
    const confirmed = this.#book.newestConfirmed();
    if (confirmed) this.#node.noteConfirmed(confirmed);
    this.#lastAt = key;
    return { status: "progress" };
  }

  /** Proposals before the open ones, in order, so that none is left without a verdict. */
  async #judgeOlder(at: L1BlockRef): Promise<boolean> {
    const firstOpen = this.#book.open[0]?.index ?? 0n;
    if (this.#judgedBelow >= firstOpen) return false;
    const left = Number(firstOpen - this.#judgedBelow);
    const limit = Math.min(left, this.#config.proposalsPerStep);
    const older = await this.#reader.getProposals(this.#judgedBelow, limit, at);
    const verdicts = await this.#judgeAll(older, at);
    const open = verdicts.findIndex(({ verdict }) => verdict === "unknown");
    const settled = open === -1 ? verdicts.length : open;
    this.#judgedBelow += BigInt(settled);
    return settled > 0;
  }

  async #judgeAll(proposals: readonly ProposalState[], at: L1BlockRef): Promise<ProposalVerdict[]> {
    const verdicts: ProposalVerdict[] = [];
    const changed: ProposalVerdict[] = [];
    let previous: ProposalState | undefined;
    for (const proposal of proposals) {
      const parentBlock = await this.#parentBlock(proposal, previous, at);
      const verdict = await judge(this.#node, proposal, parentBlock);
      previous = proposal;
      verdicts.push(verdict);
      const before = this.#node.getVerdict(proposal.index);
      if (before?.verdict === verdict.verdict && before.rootClaim === verdict.rootClaim) continue;
      changed.push(verdict);
      if (verdict.verdict === "disagree") {
        this.logger.error({ ...verdict }, "a proposal contradicts this node");
      }
    }
    if (changed.length > 0) await this.#node.putVerdicts(changed);
    return verdicts;
  }

  /** Mostly the proposal before it, or an open one; L1 is asked for the rest. */
  async #parentBlock(
    { parentIndex }: ProposalState,
    previous: ProposalState | undefined,
    at: L1BlockRef,
  ): Promise<bigint | undefined> {
    if (parentIndex === GENESIS_PARENT_INDEX) return 0n;
    const known = previous?.index === parentIndex ? previous : this.#book.get(parentIndex);
    if (known) return known.l2BlockNumber;
    const [parent] = await this.#reader.getProposals(parentIndex, 1, at);
    return parent?.l2BlockNumber;
  }
}
