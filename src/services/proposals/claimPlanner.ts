import {
  claimedBlock,
  GENESIS_PARENT_INDEX,
  isFullClaim,
  type ProposalExtraData,
} from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import { type Address, type Hash, type Hex, ZERO_HASH } from "../../util/hex.js";
import type { OutputAccess } from "../chainAccess.js";
import { honestPath } from "../proposer/honestPath.js";
import { claimableEnd } from "./claimableEnd.js";
import { judge } from "./judge.js";
import { ProposalBook } from "./proposalBook.js";
import { type OracleReader, type ProposalState, ProposalStatus } from "./types.js";

/** A claim that could be made now. */
export interface Claim {
  rootClaim: Hash;
  extraData: ProposalExtraData;
  /** Opens the machine root. */
  proof: Hex;
}

/** What an honest account does next. */
export interface ClaimPlan {
  /** Open proposals that this node agrees with. */
  agreed: ReadonlySet<bigint>;
  /** Why the account must not or cannot propose, although a claim is due. */
  stuck: string | undefined;
  /** Undefined: no claim is due, or it is stuck. */
  next:
    | { kind: "stake" }
    | { kind: "join"; index: bigint }
    | { kind: "create"; claim: Claim }
    | undefined;
}

/**
 * Finds the claim that an honest proposer would make: what this node derived, period by period, on top of the proposals it agrees with.
 * It keeps nothing but the open proposals of the last L1 block. One call of `plan` at a time.
 * Source: docs/protocol/proposals.md
 */
export class ClaimPlanner {
  readonly book: ProposalBook;
  readonly #finalizedOnly: boolean;
  readonly #node: Pick<
    OutputAccess,
    "rollupConfig" | "feeds" | "derivedOutputRoot" | "machineClaim"
  >;
  readonly #reader: OracleReader;
  readonly #readGenesisTime: () => Promise<bigint>;
  #genesisTime: bigint | undefined;

  constructor(
    config: { finalizedOnly: boolean },
    deps: {
      node: Pick<OutputAccess, "rollupConfig" | "feeds" | "derivedOutputRoot" | "machineClaim">;
      reader: OracleReader;
      /** Time of the L1 block that claim periods count from. */
      genesisTime: () => Promise<bigint>;
    },
  ) {
    this.#finalizedOnly = config.finalizedOnly;
    this.#node = deps.node;
    this.#reader = deps.reader;
    this.#readGenesisTime = deps.genesisTime;
    const { disputeGameFinalityDelaySeconds } = deps.node.rollupConfig.chain;
    this.book = new ProposalBook({ finalityDelaySeconds: disputeGameFinalityDelaySeconds }, deps);
  }

  /** What this account does next, at an L1 block that the node knows. Errors: those of OracleReader. */
  async plan(account: Address, at: L1BlockRef): Promise<ClaimPlan> {
    await this.book.refresh(at);
    const agreed = await this.#agreed();
    const stake = await this.#reader.getStake(account, at);
    const path = honestPath(this.book.open, agreed);
    const claim = await this.#nextClaim(path);
    if (!claim) return { agreed, stuck: undefined, next: undefined };
    const stuck = await this.#whyStuck(path, stake.standsOn, at);
    if (stuck !== undefined) return { agreed, stuck, next: undefined };
    if (stake.amountWei === 0n) return { agreed, stuck, next: { kind: "stake" } };
    const move = this.#moveTowards(path, stake.standsOn);
    const next = move
      ? ({ kind: "join", index: move.index } as const)
      : ({ kind: "create", claim } as const);
    return { agreed, stuck, next };
  }

  async #agreed(): Promise<Set<bigint>> {
    const agreed = new Set<bigint>();
    for (const proposal of this.book.open) {
      const { verdict } = await judge(this.#node, proposal, this.#parentBlock(proposal));
      if (verdict === "agree") agreed.add(proposal.index);
    }
    return agreed;
  }

  #parentBlock({ parentIndex }: ProposalState): bigint | undefined {
    return parentIndex === GENESIS_PARENT_INDEX ? 0n : this.book.get(parentIndex)?.l2BlockNumber;
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
    const machine = this.#node.machineClaim(feedEnd, l2BlockNumber);
    if (rootClaim === undefined || machine === undefined) return undefined;
    return {
      rootClaim,
      proof: machine?.proof ?? "0x",
      extraData: {
        l2BlockNumber,
        parentIndex: tip?.index ?? GENESIS_PARENT_INDEX,
        feedEnd,
        feedTipHash: entry.hash,
        machineRoot: machine?.root ?? ZERO_HASH,
      },
    };
  }

  /** The parent's own end again, if its period was too long for one claim; else that of the next period. */
  async #nextEnd(tip: ProposalState | undefined, from: bigint): Promise<bigint | undefined> {
    const last = this.#node.feeds.blockAtEntryEnd(from);
    const start = tip && this.#parentBlock(tip);
    const isCutShort = tip && start !== undefined && isFullClaim(start, tip.l2BlockNumber);
    if (isCutShort && last && last.number > tip.l2BlockNumber) return from;
    const { periodSeconds } = this.#node.rollupConfig.chain;
    this.#genesisTime ??= await this.#readGenesisTime();
    return claimableEnd(this.#node.feeds, from, this.#genesisTime, periodSeconds);
  }

  #isDeepEnough(feedEnd: bigint): boolean {
    if (!this.#finalizedOnly) return true;
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
    const place = this.book.get(standsOn) ?? (await this.#reader.getProposals(standsOn, 1, at))[0];
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
}
