import type { Engine, FoundTransaction, Receipt } from "../../engine/types.js";
import type { FeedView } from "../../services/chainAccess.js";
import type { Forecast } from "../../services/indexer/timetable.js";
import type {
  IndexedBatch,
  IndexedDeposit,
  IndexedProposal,
  IndexReader,
  L1Place,
} from "../../services/indexer/types.js";
import type { RollupNodeView } from "../../services/types.js";
import type { Hash } from "../../util/hex.js";
import { encodeL1Ref, isoTime } from "./encode/common.js";

/** Stages of a transaction, in the order of its way. */
export const LIFECYCLE_STAGES = [
  "pending",
  "included",
  "batched",
  "safe",
  "finalized",
  "proposed",
  "provable",
  "finalizable",
] as const;
/** One of the stages. */
export type LifecycleStage = (typeof LIFECYCLE_STAGES)[number];

/** What a lifecycle is made from. */
export interface LifecycleDeps {
  engine: Pick<Engine, "getTransaction" | "getReceipt" | "getHeader">;
  node: Pick<RollupNodeView, "resolveDepositAlias">;
  index: IndexReader;
  feeds: FeedView;
}

/** Everything known of one transaction. */
interface Known {
  tx: FoundTransaction | undefined;
  deposit: IndexedDeposit | undefined;
  receipt: Receipt | undefined;
  batch: IndexedBatch | undefined;
  proposal: IndexedProposal | undefined;
  safe: bigint;
  finalized: bigint;
  /** L1 time in seconds. */
  now: bigint | undefined;
  forecast: Forecast;
}

/** One stage: reached, with its time where it can be told, or not, with an estimate. */
interface Step {
  isDone: boolean;
  /** L1 or L2 seconds. */
  at: bigint | null;
  l1?: L1Place | undefined;
}

/** Answers where a transaction is, from the pool to the day its withdrawals can be finalized. */
export class Lifecycle {
  readonly #deps: LifecycleDeps;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  /** By its hash on L2, or the one that wallets expect of a deposit. Undefined: neither the chain nor the pool nor L1 knows it. */
  async of(asked: Hash) {
    const { engine, node, index } = this.#deps;
    const deposit = await index.getDepositByL2Hash(asked);
    const hash = deposit?.l2?.txHash ?? node.resolveDepositAlias(asked) ?? asked;
    const tx = await engine.getTransaction(hash);
    if (!tx && !deposit) return undefined;
    const known = await this.#read(tx, deposit);
    const steps = stepsOf(known);
    const withdrawals = tx?.block ? await index.withdrawalsOfTx(hash) : [];
    const { batch, proposal, receipt } = known;
    const block = tx?.block;
    return {
      hash,
      stage: stageOf(steps),
      success: receipt ? receipt.status === 1 : null,
      block: block ? { number: Number(block.number), hash: block.hash, index: tx.index } : null,
      steps: LIFECYCLE_STAGES.map((name) => this.#encodeStep(name, steps[name], known.now)),
      batch: batch ? { index: Number(batch.index), l1TxHash: batch.l1.txHash } : null,
      proposal: proposal
        ? {
            index: Number(proposal.index),
            l2BlockNumber: Number(proposal.l2BlockNumber),
            outputRoot: proposal.rootClaim,
          }
        : null,
      depositIndex: deposit ? Number(deposit.index) : null,
      withdrawalHashes: withdrawals.map(({ withdrawalHash }) => withdrawalHash),
    };
  }

  async #read(
    tx: FoundTransaction | undefined,
    deposit: IndexedDeposit | undefined,
  ): Promise<Known> {
    const { engine, index, feeds } = this.#deps;
    const number = tx?.block?.number;
    const receipt = tx?.block ? await engine.getReceipt(tx.hash) : undefined;
    const batch = number === undefined ? undefined : await index.batchOfBlock(number);
    const [proposal] = number === undefined ? [] : await index.coveringProposals(number);
    const forecast = await index.forecast({
      ...(batch ? { batchedAt: batch.l1.timestamp } : {}),
      ...(proposal ? { createdAt: proposal.createdAt } : {}),
    });
    const safe = (await engine.getHeader("safe"))?.number ?? 0n;
    const finalized = (await engine.getHeader("finalized"))?.number ?? 0n;
    const now = feeds.snapshot?.at.time;
    return { tx, deposit, receipt, batch, proposal, safe, finalized, now, forecast };
  }

  #encodeStep(name: LifecycleStage, step: Step, now: bigint | undefined) {
    const { isDone, at, l1 } = step;
    const eta = isDone || at === null || now === undefined ? null : Number(at - now);
    return {
      name,
      done: isDone,
      time: isDone && at !== null ? isoTime(Number(at) * 1_000) : null,
      timestamp: isDone && at !== null ? Number(at) : null,
      etaSec: eta === null ? null : Math.max(0, eta),
      l1: l1 ? encodeL1Ref(l1, this.#deps.feeds.heads) : null,
    };
  }
}

function stepsOf(known: Known): Record<LifecycleStage, Step> {
  const { tx, deposit, batch, proposal, forecast, now } = known;
  const block = tx?.block;
  const isBatched = batch !== undefined;
  const isFinalized = block !== undefined && block !== null && block.number <= known.finalized;
  const provableAt = proposal ? proposal.createdAt + 1n : forecast.proposedAt;
  const confirmedAt = proposal ? confirmedFrom(proposal, forecast, now) : forecast.confirmedAt;
  return {
    pending: { isDone: true, at: deposit?.l1.timestamp ?? null, l1: deposit?.l1 },
    included: { isDone: Boolean(block), at: block?.timestamp ?? now ?? null },
    batched: { isDone: isBatched, at: forecast.batchedAt, l1: batch?.l1 },
    // Derived at once; a node that catches up labels it later.
    safe: { isDone: Boolean(block && block.number <= known.safe), at: forecast.batchedAt },
    // When L1 called its block finalized is not written anywhere.
    finalized: { isDone: isFinalized, at: isFinalized ? null : forecast.finalizedAt },
    proposed: { isDone: Boolean(proposal), at: proposal?.createdAt ?? forecast.proposedAt },
    provable: {
      isDone: Boolean(proposal && now !== undefined && now > proposal.createdAt),
      at: provableAt,
    },
    finalizable: { isDone: proposal?.isConfirmed ?? false, at: confirmedAt },
  };
}

function confirmedFrom(
  { confirmedAfter, isConfirmed }: IndexedProposal,
  forecast: Forecast,
  now: bigint | undefined,
): bigint | null {
  if (confirmedAfter === null) return null;
  const from = confirmedAfter + 1n;
  // It could have been resolved already, and somebody has to do it.
  const isOverdue = !isConfirmed && now !== undefined && from <= now;
  return isOverdue ? forecast.confirmedAt : from;
}

/** The last of the stages reached without a gap. */
function stageOf(steps: Record<LifecycleStage, Step>): LifecycleStage {
  let stage: LifecycleStage = "pending";
  for (const name of LIFECYCLE_STAGES) {
    if (!steps[name].isDone) break;
    stage = name;
  }
  return stage;
}
