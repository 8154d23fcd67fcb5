import { buildBlockAttributes } from "../../derive/index.js";
import type { L1Reader } from "../../l1/types.js";
import {
  BATCH_TX_OVERHEAD_BYTES,
  batchBlockSize,
  isDepositTx,
  MAX_BATCH_BLOCK_BYTES,
} from "../../protocol/index.js";
import type { Cursor, ExecutionPayload, L1Origin } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import type { Hash } from "../../util/hex.js";
import { batchBlockOf } from "../batchBlockOf.js";
import type { ChainAccess, ChainTip } from "../chainAccess.js";
import { depositHints } from "../depositHints.js";
import { ServiceError } from "../errors.js";
import { LoopRole } from "../loopRole.js";
import { recordsUpTo } from "../recordsUpTo.js";
import type { StepResult } from "../types.js";
import { type Demand, nextBlockTime } from "./blockTime.js";
import { chooseOrigin } from "./chooseOrigin.js";
import type { SequencerConfig } from "./config.js";

/** A block that can be derived, not yet built. */
interface Plan {
  parent: ChainTip;
  time: bigint;
  origin: L1Origin;
}

/** A block that is filled to this part was too small for all. */
const FULL_PART = 0.9;

/** What the sequencer sees of the pool. */
export interface WaitingRoom {
  status(): { pending: number; queued: number };
  /** Bytes of all that is in it; absent: not known. */
  bytes?(): number;
}

/**
 * Builds unsafe blocks at the chain's pace, each such that derivation will build it again from the batch.
 * Source: docs/protocol/derivation.md#sequencing
 */
export class Sequencer extends LoopRole {
  readonly name = "sequencer";
  readonly #config: SequencerConfig;
  readonly #chain: ChainAccess;
  readonly #l1: L1Reader;
  readonly #pool: WaitingRoom | undefined;
  /** Transactions that waited when the newest block took none of them, so that they are no reason for another. */
  #untaken = 0;
  /** The newest block had no room for more. */
  #wasFull = false;
  #l1Seen: { hash: Hash; atMs: number } | undefined;

  constructor(
    config: SequencerConfig,
    deps: { chain: ChainAccess; l1: L1Reader; pool?: WaitingRoom; clock: Clock; logger: Logger },
  ) {
    super(config.loop, deps);
    this.#config = config;
    this.#pool = deps.pool;
    this.#chain = deps.chain;
    this.#l1 = deps.l1;
  }

  override readinessProblems(): string[] {
    return [...super.readinessProblems(), ...this.#chain.syncProblems()];
  }

  /** Builds at most one block. Errors: those of L1Reader and Engine; SEQUENCER_BLOCK_TOO_LARGE. */
  async step(): Promise<StepResult> {
    const [problem] = this.#chain.syncProblems();
    if (problem !== undefined) return { status: "waiting", detail: problem };
    const plan = await this.#plan();
    if (!plan) return { status: "idle" };
    // L1 was asked outside, so that a slow L1 does not hold up derivation.
    return this.#chain.exclusive(async () => {
      const tip = await this.#chain.unsafeTip();
      if (tip?.hash !== plan.parent.hash || this.#chain.syncProblems().length > 0) {
        return { status: "progress", detail: "the head moved meanwhile" };
      }
      return this.#build(plan);
    });
  }

  async #plan(): Promise<Plan | undefined> {
    const head = this.#chain.feeds.heads?.head;
    const parent = await this.#chain.unsafeTip();
    if (!head || !parent) return undefined;
    if (this.#l1Seen?.hash !== head.hash) {
      this.#l1Seen = { hash: head.hash, atMs: this.clock.nowMs() };
    }
    const time = nextBlockTime({
      parentTime: parent.cursor.l2Time,
      nowMs: this.clock.nowMs(),
      l1HeadTime: head.time,
      l1SeenMs: this.#l1Seen.atMs,
      blockTimeSeconds: this.#config.blockTimeSeconds,
      maxBlocksBehind: this.#config.maxBlocksBehind,
      demand: this.#demand(),
    });
    if (time === undefined) return undefined;
    const known = this.#chain.feeds.snapshot?.at.number ?? head.number;
    const deepest = known - BigInt(this.#config.l1Confirmations);
    const origin = await chooseOrigin(parent.cursor, time, deepest, this.#chain.feeds, (number) =>
      this.#l1.getHeader(number),
    );
    return { parent, time, origin };
  }

  #demand(): Demand {
    const { pending = 0, queued = 0 } = this.#pool?.status() ?? {};
    if (pending === 0 || pending === this.#untaken) return "none";
    // Who was left out of a full block does not wait again.
    if (this.#wasFull) return "full";
    const bytes = this.#pool?.bytes?.() ?? 0;
    const ready = (bytes * pending) / (pending + queued);
    return ready >= MAX_BATCH_BLOCK_BYTES ? "full" : "some";
  }

  async #build(plan: Plan): Promise<StepResult> {
    const { parent } = plan;
    const { attributes, cursor, acceptsCandidates } = this.#attributes(plan, []);
    let payload = await this.#chain.buildUnsafe(parent.hash, {
      ...attributes,
      noTxPool: !acceptsCandidates,
    });
    const size = this.#batchSize(payload, parent.cursor, cursor);
    if (size > MAX_BATCH_BLOCK_BYTES) payload = await this.#buildShorter(plan, payload);
    await this.#chain.insertUnsafe(payload, cursor);
    const hasTaken = payload.transactions.some((tx) => !isDepositTx(tx));
    this.#wasFull =
      size > FULL_PART * MAX_BATCH_BLOCK_BYTES ||
      Number(payload.gasUsed) > FULL_PART * Number(payload.gasLimit);
    this.#untaken = hasTaken ? 0 : (this.#pool?.status().pending ?? 0);
    this.logger.debug(
      { block: payload.blockNumber, txs: payload.transactions.length, origin: plan.origin.number },
      "block sequenced",
    );
    return { status: "progress" };
  }

  #attributes({ parent, time, origin }: Plan, candidates: Uint8Array[]) {
    const { feeds, rollupConfig } = this.#chain;
    const { recordIndex } = parent.cursor;
    const records = recordsUpTo(feeds, recordIndex, origin.number);
    return buildBlockAttributes(rollupConfig.chain, parent.cursor, {
      timestamp: time,
      origin,
      hints: depositHints(feeds, recordIndex, origin.number),
      candidates,
      records,
      recordEnd: recordIndex + BigInt(records.length),
    });
  }

  #batchSize(payload: ExecutionPayload, parent: Cursor, cursor: Cursor): number {
    return batchBlockSize(batchBlockOf(this.#chain.feeds, payload.transactions, parent, cursor));
  }

  /** An engine that does not know the limit filled the block too far: the longest prefix of its transactions that fits. */
  async #buildShorter(plan: Plan, payload: ExecutionPayload): Promise<ExecutionPayload> {
    const { parent } = plan;
    const whole = this.#attributes(plan, []);
    const candidates = payload.transactions.filter((tx) => !isDepositTx(tx));
    let bytes = this.#batchSize(payload, parent.cursor, whole.cursor);
    while (bytes > MAX_BATCH_BLOCK_BYTES) {
      const dropped = candidates.pop();
      if (!dropped) throw new ServiceError("SEQUENCER_BLOCK_TOO_LARGE", { parent: parent.number });
      bytes -= dropped.length + BATCH_TX_OVERHEAD_BYTES;
    }
    return this.#chain.buildUnsafe(parent.hash, this.#attributes(plan, candidates).attributes);
  }
}
