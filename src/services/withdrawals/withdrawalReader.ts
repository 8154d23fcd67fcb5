import type { ChainReader } from "../../engine/types.js";
import { periodEndTime, periodOf } from "../../protocol/index.js";
import type { L1BlockRef, RollupConfig } from "../../protocol/types.js";
import type { Address } from "../../util/hex.js";
import type {
  IndexedProposal,
  IndexedWithdrawal,
  IndexReader,
  WithdrawalL1Events,
} from "../indexer/types.js";
import { eventsUpTo, IndexedStates } from "./indexedStates.js";
import type { L1Calls } from "./l1Calls.js";
import { PortalReader, type PortalState } from "./portalReader.js";
import { withdrawalProgress } from "./status.js";
import type {
  WithdrawalOutcome,
  WithdrawalProgress,
  WithdrawalProofState,
  WithdrawalSnapshot,
} from "./types.js";

/** Proposals looked at for the one to prove against. */
const MAX_CANDIDATES = 8;

/** A withdrawal, where it stands, and what that was read from. */
export interface WithdrawalReport {
  withdrawal: IndexedWithdrawal;
  /** On L1, up to the block that it was read at. */
  events: WithdrawalL1Events;
  progress: WithdrawalProgress;
  snapshot: WithdrawalSnapshot;
}

/** What the reader stands on. */
export interface WithdrawalReaderDeps {
  calls: L1Calls;
  index: Pick<
    IndexReader,
    | "coveringProposals"
    | "getGame"
    | "getProposal"
    | "getWithdrawalL1"
    | "hasWithdrawalEvents"
    | "standing"
  >;
  engine: Pick<ChainReader, "getHeader">;
  /** L1's finalized block; undefined: not known. */
  finalizedL1?(): bigint | undefined;
  /** Time of the L1 block that the feeds began with: claim periods count from it. */
  genesisTime(): Promise<bigint>;
}

/**
 * Where withdrawals stand: contract state at the L1 head, together with the index's proposals and this node's verdicts on them.
 * Errors: those of L1Calls.
 */
export class WithdrawalReader {
  readonly #config: RollupConfig;
  readonly #deps: WithdrawalReaderDeps;
  readonly #portal: PortalReader;
  readonly #indexed: IndexedStates;

  constructor(config: RollupConfig, deps: WithdrawalReaderDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#portal = new PortalReader(config.addresses, deps);
    this.#indexed = new IndexedStates(config.addresses, deps);
  }

  /** Reports in the order of `withdrawals`, all at one L1 block: the head, unless another is given. */
  async report(
    withdrawals: readonly IndexedWithdrawal[],
    given?: L1BlockRef,
  ): Promise<WithdrawalReport[]> {
    if (withdrawals.length === 0) return [];
    const at = given ?? (await this.#deps.calls.head());
    const [known, safe, periodEnd] = await Promise.all([
      this.#states(withdrawals, at),
      this.#deps.engine.getHeader("safe"),
      this.#periodEnd(at),
    ]);
    return Promise.all(
      known.map(async ({ withdrawal, events, state }) => {
        const snapshot: WithdrawalSnapshot = {
          l1Time: at.time,
          isSafe: safe !== undefined && withdrawal.l2.blockNumber <= safe.number,
          outcome: outcomeOf(events, state),
          proofs: await this.#judged(state.proofs),
          usable: state.isFinalized ? null : ((await this.provable(withdrawal)) ?? null),
          periodEnd,
          delays: this.#config.chain,
        };
        return { withdrawal, events, snapshot, progress: withdrawalProgress(snapshot) };
      }),
    );
  }

  /**
   * The proposal to prove against: one that we agree with, that is not lost, and that is confirmed first. Undefined: none covers the
   * withdrawal's block yet.
   */
  async provable(withdrawal: IndexedWithdrawal): Promise<IndexedProposal | undefined> {
    const candidates = await this.#deps.index.coveringProposals(
      withdrawal.l2.blockNumber,
      MAX_CANDIDATES,
    );
    const soonest = candidates
      .filter(({ confirmedAfter }) => confirmedAfter !== null)
      .sort((a, b) => Number((a.confirmedAfter as bigint) - (b.confirmedAfter as bigint)));
    return soonest[0] ?? candidates[0];
  }

  /** One account's proof of a withdrawal, whatever other proofs there are. */
  async proofBy(
    withdrawal: IndexedWithdrawal,
    submitter: Address,
    at: L1BlockRef,
  ): Promise<WithdrawalProofState | undefined> {
    const proof = await this.#portal.readProof(withdrawal.withdrawalHash, submitter, at);
    return proof && (await this.#judged([proof]))[0];
  }

  /** What L1's contracts say at a block; they are not asked where the index knows it for sure. */
  async #states(withdrawals: readonly IndexedWithdrawal[], at: L1BlockRef): Promise<Known[]> {
    const found = await Promise.all(
      withdrawals.map((withdrawal) => this.#indexedState(withdrawal, at)),
    );
    const open = found.filter(({ state }) => state === undefined);
    const asked = open.map(({ withdrawal }) => withdrawal);
    const states = open.length > 0 ? await this.#portal.read(asked, at) : [];
    return found.map(({ withdrawal, events, state: known }) => {
      if (known) return { withdrawal, events, state: known };
      const state = states.shift() as PortalState;
      this.#indexed.learn(withdrawal, { events, state, at });
      return { withdrawal, events, state };
    });
  }

  async #indexedState(withdrawal: IndexedWithdrawal, at: L1BlockRef) {
    const { index } = this.#deps;
    const wasIndexed = index.hasWithdrawalEvents(at);
    const events = eventsUpTo(await index.getWithdrawalL1(withdrawal.withdrawalHash), at);
    // Before and after: the block may have come in, or gone, while its events were looked for.
    const isIndexed = wasIndexed && index.hasWithdrawalEvents(at);
    const state = await this.#indexed.stateOf(withdrawal, { events, at, isIndexed });
    return { withdrawal, events, state };
  }

  #judged(proofs: PortalState["proofs"]): Promise<WithdrawalProofState[]> {
    return Promise.all(
      proofs.map(async ({ submitter, provenAt, game }) => {
        const known = await this.#deps.index.getProposal(game.index);
        return {
          submitter,
          provenAt,
          proposal: { ...game, verdict: known?.verdict ?? ("unknown" as const) },
        };
      }),
    );
  }

  async #periodEnd(at: L1BlockRef): Promise<bigint | null> {
    const genesisTime = await this.#deps.genesisTime();
    if (at.time < genesisTime) return null;
    const { periodSeconds } = this.#config.chain;
    return periodEndTime(periodOf(at.time, genesisTime, periodSeconds), genesisTime, periodSeconds);
  }
}

interface Known {
  withdrawal: IndexedWithdrawal;
  events: WithdrawalL1Events;
  state: PortalState;
}

function outcomeOf(
  { finalized }: WithdrawalL1Events,
  state: PortalState,
): WithdrawalOutcome | null {
  if (!state.isFinalized) return null;
  return { success: finalized?.success ?? null, isReplayable: state.isReplayable };
}
