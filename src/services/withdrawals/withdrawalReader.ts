import type { ChainReader } from "../../engine/types.js";
import { periodEndTime, periodOf } from "../../protocol/index.js";
import type { L1BlockRef, RollupConfig } from "../../protocol/types.js";
import type { Address } from "../../util/hex.js";
import type { IndexedProposal, IndexedWithdrawal, IndexReader } from "../indexer/types.js";
import type { L1Calls } from "./l1Calls.js";
import { isMessengers, PortalReader, type PortalState } from "./portalReader.js";
import { withdrawalProgress } from "./status.js";
import type {
  WithdrawalOutcome,
  WithdrawalProgress,
  WithdrawalProofState,
  WithdrawalSnapshot,
} from "./types.js";

/** Proposals looked at for the one to prove against. */
const MAX_CANDIDATES = 8;

/** Of a withdrawal that can never change any more. */
const SETTLED: PortalState = { isFinalized: true, isReplayable: false, proofs: [] };

/** Of a withdrawal that nobody has proven. */
const UNTOUCHED: PortalState = { isFinalized: false, isReplayable: false, proofs: [] };

/** A withdrawal, where it stands, and what that was read from. */
export interface WithdrawalReport {
  withdrawal: IndexedWithdrawal;
  progress: WithdrawalProgress;
  snapshot: WithdrawalSnapshot;
}

/** What the reader stands on. */
export interface WithdrawalReaderDeps {
  calls: L1Calls;
  index: Pick<
    IndexReader,
    "coveringProposals" | "getProposal" | "getWithdrawalL1" | "withdrawalEventsAt"
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

  constructor(config: RollupConfig, deps: WithdrawalReaderDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#portal = new PortalReader(config.addresses, deps);
  }

  /** Reports in the order of `withdrawals`, all at one L1 block: the head, unless another is given. */
  async report(
    withdrawals: readonly IndexedWithdrawal[],
    given?: L1BlockRef,
  ): Promise<WithdrawalReport[]> {
    if (withdrawals.length === 0) return [];
    const at = given ?? (await this.#deps.calls.head());
    const [states, safe, periodEnd] = await Promise.all([
      this.#states(withdrawals, at),
      this.#deps.engine.getHeader("safe"),
      this.#periodEnd(at),
    ]);
    return Promise.all(
      withdrawals.map(async (withdrawal, i) => {
        const state = states[i] as PortalState;
        const snapshot: WithdrawalSnapshot = {
          l1Time: at.time,
          isSafe: safe !== undefined && withdrawal.l2.blockNumber <= safe.number,
          outcome: await this.#outcome(withdrawal, state),
          proofs: await this.#judged(state.proofs),
          usable: state.isFinalized ? null : ((await this.provable(withdrawal)) ?? null),
          periodEnd,
          delays: this.#config.chain,
        };
        return { withdrawal, snapshot, progress: withdrawalProgress(snapshot) };
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

  /** What L1's contracts say now; they are not asked where the index knows it for sure. */
  async #states(withdrawals: readonly IndexedWithdrawal[], at: L1BlockRef): Promise<PortalState[]> {
    const known = await Promise.all(withdrawals.map((withdrawal) => this.#known(withdrawal, at)));
    const open = withdrawals.filter((_, i) => known[i] === undefined);
    const states = open.length > 0 ? await this.#portal.read(open, at) : [];
    return known.map((state) => state ?? (states.shift() as PortalState));
  }

  /** No event up to this very block: proofs and payments cannot be without one. */
  async #known(withdrawal: IndexedWithdrawal, at: L1BlockRef): Promise<PortalState | undefined> {
    const { index } = this.#deps;
    if (await this.#isSettled(withdrawal)) return SETTLED;
    if (index.withdrawalEventsAt() !== at.hash) return undefined;
    const { proofs, finalized } = await index.getWithdrawalL1(withdrawal.withdrawalHash);
    // What was read may be of a later block by now.
    if (index.withdrawalEventsAt() !== at.hash) return undefined;
    return proofs.length === 0 && finalized === null ? UNTOUCHED : undefined;
  }

  /** Paid out in a finalized L1 block. A message may be tried again after that. */
  async #isSettled(withdrawal: IndexedWithdrawal): Promise<boolean> {
    const upTo = this.#deps.finalizedL1?.();
    if (upTo === undefined) return false;
    if (isMessengers(withdrawal, this.#config.addresses.l1CrossDomainMessenger)) return false;
    const { finalized } = await this.#deps.index.getWithdrawalL1(withdrawal.withdrawalHash);
    return finalized !== null && finalized.l1.blockNumber <= upTo;
  }

  async #outcome(
    { withdrawalHash }: IndexedWithdrawal,
    state: PortalState,
  ): Promise<WithdrawalOutcome | null> {
    if (!state.isFinalized) return null;
    const { finalized } = await this.#deps.index.getWithdrawalL1(withdrawalHash);
    return { success: finalized?.success ?? null, isReplayable: state.isReplayable };
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
