import type { Engine } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import type { OutputAccess } from "../chainAccess.js";
import { type LoopConfig, LoopRole } from "../loopRole.js";
import type { OracleReader } from "../proposals/types.js";
import { Serial } from "../serial.js";
import { decodeStored } from "../storedValue.js";
import type { StepResult } from "../types.js";
import { BatchStream } from "./batchStream.js";
import { INDEX_RANGE, indexKey, putRow, TABLES } from "./indexKeys.js";
import { IndexView } from "./indexView.js";
import { L2Stream } from "./l2Stream.js";
import type { PortalLogReader } from "./portalLogs.js";
import { PortalStream } from "./portalStream.js";
import { ProposalStream } from "./proposalStream.js";
import { RecordStream } from "./recordStream.js";
import type { IndexEvent, IndexProgress } from "./types.js";

/** Settings of the indexer. */
export interface IndexerConfig {
  blocksPerStep: number;
  recordsPerStep: number;
  /** L2 blocks that the index may be behind before the server is not ready. */
  readyLagBlocks: bigint;
  loop: LoopConfig;
}

/** Defaults of the indexer. */
export const defaultIndexerConfig: IndexerConfig = {
  blocksPerStep: 256,
  recordsPerStep: 256,
  readyLagBlocks: 256n,
  loop: { idleMs: 250, backoffMs: 500, maxBackoffMs: 10_000 },
};

/** Whom the indexer reads, and where it writes. */
export interface IndexerDeps {
  node: Pick<OutputAccess, "rollupConfig" | "feeds" | "derivedOutputRoot" | "machineClaim">;
  engine: Engine;
  l1: Pick<L1Reader, "getHeader" | "getHeaderByHash">;
  portal: PortalLogReader;
  oracle: OracleReader;
  store: KeyValueStore;
  clock: Clock;
  logger: Logger;
}

/** Raised when the meaning of a table changes; an index of another version is made anew. */
const VERSION = 1;
const MAX_OPERATIONS = 10_000;
/** Of an index that has all that is known so far, but is not known to be complete. */
const MAX_OPEN_FRACTION = 0.9999;
/** Steps that one `catchUp` makes at most. */
const MAX_CATCH_UP = 4;

/**
 * Keeps the index: withdrawals, deposits, proposals and the portal's logs by everything that people ask for them with. All of it can be
 * deleted: it is made again from the engine, the node's feeds and L1.
 */
export class Indexer extends LoopRole {
  readonly name = "indexer";
  readonly #config: IndexerConfig;
  readonly #deps: IndexerDeps;
  readonly #l2: L2Stream;
  readonly #records: RecordStream;
  readonly #portal: PortalStream;
  readonly #proposals: ProposalStream;
  readonly #batches: BatchStream;
  readonly #serial = new Serial();
  readonly #listeners = new Set<(event: IndexEvent) => void>();
  #isChecked = false;
  #unfollow: (() => void) | undefined;
  #isCatchingUp = false;
  readonly view: IndexView;

  constructor(config: IndexerConfig, deps: IndexerDeps) {
    super(config.loop, deps);
    this.#config = config;
    this.#deps = deps;
    const { rollupConfig, feeds } = deps.node;
    const emit = (events: IndexEvent[]) => this.#emit(events);
    const parts = { ...deps, feeds, emit };
    this.#l2 = new L2Stream(config, parts);
    this.#records = new RecordStream(config, parts);
    this.#portal = new PortalStream(rollupConfig, parts);
    this.#proposals = new ProposalStream(parts);
    this.#batches = new BatchStream(parts);
    this.view = new IndexView(rollupConfig, {
      ...parts,
      l2: this.#l2,
      records: this.#records,
      portal: this.#portal,
      proposals: this.#proposals,
      progress: () => this.progress(),
      catchUp: () => this.catchUp(),
      subscribe: (listener) => this.subscribe(listener),
    });
  }

  /** One bounded piece of each part. Errors: those of L1Reader, OracleReader and the store. */
  step(): Promise<StepResult> {
    return this.#serial.run(() => this.#step());
  }

  async #step(): Promise<StepResult> {
    await this.#checkIdentity();
    // Records first: L2 blocks wait for the records that they include.
    const parts = [this.#records, this.#l2, this.#batches, this.#portal, this.#proposals];
    const results: StepResult[] = [];
    let failure: unknown;
    for (const part of parts) {
      try {
        results.push(await part.step());
      } catch (error) {
        // L1 may be away; what comes from the engine goes on.
        failure ??= error;
      }
    }
    if (results.some(({ status }) => status === "progress")) return { status: "progress" };
    if (failure !== undefined) throw failure;
    return results.find(({ status }) => status === "waiting") ?? { status: "idle" };
  }

  /** Takes in what the engine and the node have right now, if it is little: for a question about something just made. */
  async catchUp(): Promise<void> {
    await this.#serial.run(async () => {
      await this.#checkIdentity();
      for (let i = 0; i < MAX_CATCH_UP; i += 1) {
        const results = [await this.#records.step(), await this.#l2.step()];
        if (results.every(({ status }) => status !== "progress")) return;
      }
    });
  }

  /** Takes L2 blocks in as the engine tells of them, between the steps. Ends with `stop`. */
  follow(): void {
    this.#unfollow ??= this.#deps.engine.subscribe((event) => {
      if (event.type !== "head" || this.#isCatchingUp) return;
      this.#isCatchingUp = true;
      this.catchUp()
        .catch((error) => this.logger.debug({ error }, "index not caught up"))
        .finally(() => {
          this.#isCatchingUp = false;
        });
    });
  }

  override async stop(): Promise<void> {
    this.#unfollow?.();
    this.#unfollow = undefined;
    await super.stop();
    await this.#serial.run(async () => undefined);
  }

  progress(): IndexProgress {
    const l2 = { indexed: this.#l2.indexed, head: this.#l2.head };
    const records = { indexed: this.#records.indexed, known: this.#records.known };
    const l1 = { indexed: this.#portal.indexed, head: this.#portal.head };
    const proposals = { indexed: this.#proposals.indexed, known: this.#proposals.known };
    const { start } = this.#portal;
    const done = l2.indexed + records.indexed + (l1.indexed - start) + proposals.indexed;
    const all = l2.head + records.known + (l1.head - start) + proposals.known;
    const isComplete =
      this.#l2.isHeadKnown &&
      l2.indexed >= l2.head &&
      records.indexed >= records.known &&
      l1.indexed >= l1.head &&
      proposals.indexed >= proposals.known &&
      this.#proposals.isRoundDone;
    const known = this.#l2.isHeadKnown && all > 0n ? Number(done) / Number(all) : 0;
    const fraction = isComplete ? 1 : Math.max(0, Math.min(MAX_OPEN_FRACTION, known));
    return { l2, records, l1, proposals, isComplete, fraction };
  }

  override readinessProblems(): string[] {
    const problems = super.readinessProblems();
    const { l2, fraction } = this.progress();
    if (l2.head - l2.indexed > this.#config.readyLagBlocks) {
      problems.push(`the index is being made: ${Math.floor(fraction * 100)} %`);
    }
    return problems;
  }

  /** Deletes the whole index; the next steps make it again. */
  async forget(): Promise<void> {
    await this.#serial.run(() => this.#clear());
  }

  subscribe(listener: (event: IndexEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #emit(events: IndexEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  /** An index of another chain or version is worth nothing. */
  async #checkIdentity(): Promise<void> {
    if (this.#isChecked) return;
    const { engine, node, store } = this.#deps;
    const key = indexKey(TABLES.identity);
    const { portal, blockOracle } = node.rollupConfig.addresses;
    const ours = { version: VERSION, genesis: engine.genesisHash, portal, blockOracle };
    const found = store.get(key);
    if (!found || JSON.stringify(decodeStored(found).meta) !== JSON.stringify(ours)) {
      await this.#clear();
      await store.batch([putRow(key, ours)]);
    }
    this.#isChecked = true;
  }

  async #clear(): Promise<void> {
    const { store } = this.#deps;
    // First of all: an index that is half deleted must not be taken for a whole one.
    await store.batch([{ type: "del", key: indexKey(TABLES.identity) }], { sync: true });
    let operations: StoreOperation[] = [];
    for await (const [key] of store.iterate(INDEX_RANGE)) {
      operations.push({ type: "del", key });
      if (operations.length < MAX_OPERATIONS) continue;
      await store.batch(operations);
      operations = [];
    }
    await store.batch(operations, { sync: true });
    for (const part of [this.#records, this.#l2, this.#portal, this.#proposals]) part.reset();
    this.#isChecked = false;
  }
}
