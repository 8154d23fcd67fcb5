import type { L1Reader, L1Sender } from "../../l1/types.js";
import {
  claimedBlock,
  GENESIS_PARENT_INDEX,
  isFullClaim,
  type ProposalExtraData,
} from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import type { Hash } from "../../util/hex.js";
import { ZERO_HASH } from "../../util/hex.js";
import type { OutputAccess } from "../chainAccess.js";
import { InclusionGate } from "../inclusionGate.js";
import { LoopRole } from "../loopRole.js";
import { claimableEnd } from "../proposals/claimableEnd.js";
import { judge } from "../proposals/judge.js";
import {
  encodeCreate,
  encodeJoin,
  encodeResolve,
  encodeSetAnchor,
  encodeStake,
} from "../proposals/oracleCalls.js";
import { ProposalBook } from "../proposals/proposalBook.js";
import { type OracleReader, type ProposalState, ProposalStatus } from "../proposals/types.js";
import type { StepResult } from "../types.js";
import type { ProposerConfig } from "./config.js";
import { honestPath } from "./honestPath.js";
import { findResolvable } from "./resolvable.js";

/** A claim that could be made now. */
interface Claim {
  rootClaim: Hash;
  extraData: ProposalExtraData;
}

/**
 * Claims what this node derived, period by period, on top of the proposals it agrees with; resolves, and moves the anchor.
 * It keeps nothing: what is due follows from L1 and the node, and each call names the feed tip and the parent it was made for.
 * Source: docs/protocol/proposals.md
 */
export class Proposer extends LoopRole {
  readonly name = "proposer";
  readonly #config: ProposerConfig;
  readonly #node: OutputAccess;
  readonly #reader: OracleReader;
  readonly #l1: L1Reader;
  readonly #sender: L1Sender;
  readonly #book: ProposalBook;
  #genesisTime: bigint | undefined;
  readonly #gate: InclusionGate;
  #stuck: string | undefined;

  constructor(
    config: ProposerConfig,
    deps: {
      node: OutputAccess;
      reader: OracleReader;
      l1: L1Reader;
      sender: L1Sender;
      clock: Clock;
      logger: Logger;
    },
  ) {
    super(config.loop, deps);
    this.#config = config;
    this.#node = deps.node;
    this.#reader = deps.reader;
    this.#l1 = deps.l1;
    this.#sender = deps.sender;
    this.#gate = new InclusionGate(deps);
    const { disputeGameFinalityDelaySeconds } = deps.node.rollupConfig.chain;
    this.#book = new ProposalBook({ finalityDelaySeconds: disputeGameFinalityDelaySeconds }, deps);
  }

  override readinessProblems(): string[] {
    return [...super.readinessProblems(), ...(this.#stuck === undefined ? [] : [this.#stuck])];
  }

  /** Makes at most one L1 transaction. Errors: those of L1Sender but L1_TX_REVERTED, those of OracleReader. */
  async step(): Promise<StepResult> {
    const at = this.#node.feeds.snapshot?.at;
    if (!at) return { status: "waiting", detail: "L1 has not answered yet" };
    // A proposal is listed from the second after its creation on.
    if (this.#gate.isClosed(at, 1n)) {
      return { status: "waiting", detail: "the node has not seen the last transaction yet" };
    }
    await this.#book.refresh(at);
    const agreed = await this.#agreed();
    const stake = await this.#reader.getStake(this.#sender.address, at);
    const path = honestPath(this.#book.open, agreed);
    const claim = await this.#nextClaim(path);
    this.#stuck = claim && (await this.#whyStuck(path, stake.standsOn, at));
    if (claim && this.#stuck === undefined) {
      const move = this.#moveTowards(path, stake.standsOn);
      if (stake.amountWei === 0n) return this.#stake();
      if (move) return this.#send(encodeJoin(move.index), `join ${move.index}`);
      return this.#send(
        encodeCreate(claim.rootClaim, claim.extraData),
        `propose block ${claim.extraData.l2BlockNumber}`,
      );
    }
    return this.#finish(agreed, at);
  }

  async #agreed(): Promise<Set<bigint>> {
    const agreed = new Set<bigint>();
    for (const proposal of this.#book.open) {
      const { verdict } = await judge(this.#node, proposal, this.#parentBlock(proposal));
      if (verdict === "agree") agreed.add(proposal.index);
    }
    return agreed;
  }

  #parentBlock({ parentIndex }: ProposalState): bigint | undefined {
    return parentIndex === GENESIS_PARENT_INDEX ? 0n : this.#book.get(parentIndex)?.l2BlockNumber;
  }

  async #nextClaim(path: ProposalState[]): Promise<Claim | undefined> {
    const tip = path.at(-1);
    const from = tip?.feedEnd ?? 0n;
    const parentBlock = tip?.l2BlockNumber ?? 0n;
    const feedEnd = await this.#nextEnd(tip, from);
    if (feedEnd === undefined || !this.#isDeepEnough(feedEnd)) return undefined;
    const last = this.#node.feeds.blockAtEntryEnd(feedEnd);
    const entry = this.#node.feeds.getEntry(feedEnd - 1n);
    if (!last || !entry) return undefined;
    const l2BlockNumber = claimedBlock(parentBlock, last.number);
    const rootClaim = await this.#node.derivedOutputRoot(l2BlockNumber);
    if (rootClaim === undefined) return undefined;
    return {
      rootClaim,
      extraData: {
        l2BlockNumber,
        parentIndex: tip?.index ?? GENESIS_PARENT_INDEX,
        feedEnd,
        feedTipHash: entry.hash,
        machineRoot: ZERO_HASH,
      },
    };
  }

  /** The parent's own end again, if its period was too long for one claim; else that of the next period. */
  async #nextEnd(tip: ProposalState | undefined, from: bigint): Promise<bigint | undefined> {
    const last = this.#node.feeds.blockAtEntryEnd(from);
    const start = tip && this.#parentBlock(tip);
    const isCutShort = tip && start !== undefined && isFullClaim(start, tip.l2BlockNumber);
    if (isCutShort && last && last.number > tip.l2BlockNumber) return from;
    const { genesisOrigin, chain } = this.#node.rollupConfig;
    this.#genesisTime ??= (await this.#l1.getHeader(genesisOrigin.number + 1n)).time;
    return claimableEnd(this.#node.feeds, from, this.#genesisTime, chain.periodSeconds);
  }

  #isDeepEnough(feedEnd: bigint): boolean {
    if (!this.#config.finalizedOnly) return true;
    const finalized = this.#node.feeds.heads?.finalized.number;
    const entry = this.#node.feeds.getEntry(feedEnd - 1n);
    return entry !== undefined && finalized !== undefined && entry.header.l1Number <= finalized;
  }

  /** Reasons why this account must or can not propose. */
  async #whyStuck(
    path: ProposalState[],
    standsOn: bigint | null,
    at: L1BlockRef,
  ): Promise<string | undefined> {
    const [root] = path;
    if (root?.status === ProposalStatus.defenderWins) {
      const ours = await this.#node.derivedOutputRoot(root.l2BlockNumber);
      if (ours !== root.rootClaim) return `proposal ${root.index} won with another output root`;
    }
    if (standsOn === null) return undefined;
    const place = this.#book.get(standsOn) ?? (await this.#reader.getProposals(standsOn, 1, at))[0];
    if (place?.status === ProposalStatus.challengerWins) {
      return `the stake was lost with proposal ${place.index}`;
    }
    const isFree = place?.status !== ProposalStatus.inProgress;
    if (isFree || path.some(({ index }) => index === place.index)) return undefined;
    return `the stake stands on proposal ${place.index}, which this node does not agree with`;
  }

  /** The proposal to join before one can be made at the tip. Undefined: none, the account stands there or is free to go. */
  #moveTowards(path: ProposalState[], standsOn: bigint | null): ProposalState | undefined {
    const position = path.findIndex(
      ({ index, status }) => index === standsOn && status === ProposalStatus.inProgress,
    );
    return position < 0 ? undefined : path[position + 1];
  }

  async #stake(): Promise<StepResult> {
    const { stakeWei } = this.#node.rollupConfig.chain;
    return this.#send(encodeStake(), "stake", stakeWei);
  }

  /** Writes fates and moves the anchor, when no claim is due. */
  async #finish(agreed: ReadonlySet<bigint>, at: L1BlockRef): Promise<StepResult> {
    const { challengePeriodSeconds } = this.#node.rollupConfig.chain;
    const ripe = findResolvable(this.#book.open, agreed, at.time, {
      challengePeriodSeconds,
      genesisIndex: GENESIS_PARENT_INDEX,
    });
    if (ripe) return this.#send(encodeResolve(ripe.index), `resolve ${ripe.index}`);
    const confirmed = this.#book.newestConfirmed();
    if (confirmed) {
      const anchor = await this.#reader.getAnchor(at);
      const known = anchor && this.#book.open.find(({ address }) => address === anchor);
      const isNewer = known ? known.index < confirmed.index : anchor !== confirmed.address;
      if (isNewer)
        return this.#send(encodeSetAnchor(confirmed.address), `anchor ${confirmed.index}`);
    }
    return { status: "idle" };
  }

  async #send(data: Uint8Array, label: string, valueWei = 0n): Promise<StepResult> {
    try {
      const { blockNumber, txHash } = await this.#sender.send(
        {
          to: this.#node.rollupConfig.addresses.blockOracle,
          data,
          valueWei,
          label,
        },
        this.signal,
      );
      this.#gate.note(blockNumber);
      this.logger.info({ txHash, label }, "proposer transaction included");
      return { status: "progress", detail: label };
    } catch (error) {
      if (!hasCode(error, "L1_TX_REVERTED")) throw error;
      // Somebody was first, or L1 moved: the next step sees which.
      this.logger.info({ label, error }, "proposer transaction refused, looking again");
      return { status: "waiting", detail: `${label} refused` };
    }
  }
}
