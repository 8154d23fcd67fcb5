import type { L1Addresses, L1BlockRef } from "../../protocol/types.js";
import type { Address, Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { IndexedWithdrawal, IndexReader, WithdrawalL1Events } from "../indexer/types.js";
import { isMessengers, type PortalState } from "./portalReader.js";

/** Of a withdrawal that can never change any more. */
const SETTLED: PortalState = { isFinalized: true, isReplayable: false, proofs: [] };

/** Of a withdrawal that nobody has proven. */
const UNTOUCHED: PortalState = { isFinalized: false, isReplayable: false, proofs: [] };

/** Withdrawals of which it is kept what contracts said once. */
const KEPT = 8_192;

type BlockId = Pick<L1BlockRef, "number" | "hash">;

/** Proofs that the portal keeps of a withdrawal, as they are until another event. */
interface KnownProofs {
  /** Place of the last event. Its block's hash stands for all that was before. */
  anchor: string;
  proofs: { submitter: Address; provenAt: bigint; index: bigint }[];
}

/** What the states stand on. */
export interface IndexedStatesDeps {
  index: Pick<IndexReader, "hasWithdrawalEvents" | "standing" | "getGame">;
  /** Number of L1's finalized block; undefined: not known. */
  finalizedL1?(): bigint | undefined;
}

/**
 * What contracts say about withdrawals, without asking them: nothing changes there without an event of the portal or a proposal that
 * changes, and the index has both. Only what events do not say is learnt from an answer of L1: which proposal a proof is against, and
 * that a message was relayed.
 */
export class IndexedStates {
  readonly #messenger: Address;
  readonly #deps: IndexedStatesDeps;
  readonly #proven = new Lru<Hash, KnownProofs>(KEPT);
  /** L1 blocks at which messages were seen relayed. */
  readonly #relayed = new Lru<Hash, BlockId>(KEPT);

  constructor(
    { l1CrossDomainMessenger }: Pick<L1Addresses, "l1CrossDomainMessenger">,
    deps: IndexedStatesDeps,
  ) {
    this.#messenger = l1CrossDomainMessenger;
    this.#deps = deps;
  }

  /**
   * State at an L1 block, from the events up to it; `isIndexed`: these are all. Undefined: L1 must be asked.
   */
  async stateOf(
    withdrawal: IndexedWithdrawal,
    { events, at, isIndexed }: { events: WithdrawalL1Events; at: L1BlockRef; isIndexed: boolean },
  ): Promise<PortalState | undefined> {
    if (events.finalized) {
      const isDone = isIndexed || this.#isFinal(events.finalized.l1.blockNumber);
      return isDone && this.#isRelayed(withdrawal, at) ? SETTLED : undefined;
    }
    if (!isIndexed) return undefined;
    return events.proofs.length === 0 ? UNTOUCHED : this.#proofsOf(withdrawal, events, at);
  }

  /** Takes in what L1 said. Shapes: as for `stateOf`. */
  learn(
    withdrawal: IndexedWithdrawal,
    { events, state, at }: { events: WithdrawalL1Events; state: PortalState; at: L1BlockRef },
  ): void {
    const { withdrawalHash } = withdrawal;
    // Whether it is still right can be told as long as the index has its block.
    if (!this.#deps.index.hasWithdrawalEvents(at)) return;
    if (state.isFinalized) {
      if (!state.isReplayable) this.#relayed.set(withdrawalHash, at);
      return;
    }
    const anchor = anchorOf(events);
    const isOfEvents = state.proofs.every(({ submitter, provenAt }) => {
      const last = events.proofs.findLast((proof) => proof.submitter === submitter);
      return last?.l1.timestamp === provenAt;
    });
    if (anchor === undefined || !isOfEvents || state.proofs.length === 0) return;
    const proofs = state.proofs.map(({ submitter, provenAt, game }) => ({
      ...{ submitter, provenAt, index: game.index },
    }));
    this.#proven.set(withdrawalHash, { anchor, proofs });
  }

  async #proofsOf(
    { withdrawalHash }: IndexedWithdrawal,
    events: WithdrawalL1Events,
    at: L1BlockRef,
  ): Promise<PortalState | undefined> {
    const known = this.#proven.get(withdrawalHash);
    if (!known || known.anchor !== anchorOf(events)) return undefined;
    const proofs: PortalState["proofs"] = [];
    for (const { submitter, provenAt, index } of known.proofs) {
      const game = await this.#deps.index.getGame(index, at);
      if (!game) return undefined;
      proofs.push({ submitter, provenAt, game });
    }
    // Asked after the reads: what was read may be of another chain by now.
    const isWhole = this.#deps.index.standing()?.at.hash === at.hash;
    return isWhole ? { isFinalized: false, isReplayable: false, proofs } : undefined;
  }

  #isFinal(number: bigint): boolean {
    const upTo = this.#deps.finalizedL1?.();
    return upTo !== undefined && number <= upTo;
  }

  /** True unless its call may be tried again: messages are, until they are relayed. */
  #isRelayed(withdrawal: IndexedWithdrawal, at: L1BlockRef): boolean {
    if (!isMessengers(withdrawal, this.#messenger)) return true;
    const seenAt = this.#relayed.get(withdrawal.withdrawalHash);
    if (!seenAt || seenAt.number > at.number) return false;
    return this.#deps.index.hasWithdrawalEvents(seenAt);
  }
}

/** The events up to an L1 block. */
export function eventsUpTo(events: WithdrawalL1Events, { number }: BlockId): WithdrawalL1Events {
  const isIn = ({ l1 }: { l1: { blockNumber: bigint } }) => l1.blockNumber <= number;
  const { proofs, finalized } = events;
  const isFinalized = finalized === null || isIn(finalized);
  if (isFinalized && proofs.every(isIn)) return events;
  return { proofs: proofs.filter(isIn), finalized: isFinalized ? finalized : null };
}

function anchorOf({ proofs }: WithdrawalL1Events): string | undefined {
  const last = proofs.at(-1)?.l1;
  return last && `${last.blockHash} ${last.logIndex}`;
}
