import type { BlockHeader, Engine } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import { outputRoot } from "../../protocol/index.js";
import type {
  Cursor,
  ExecutionPayload,
  PayloadAttributes,
  RollupConfig,
} from "../../protocol/types.js";
import type { KeyValueStore } from "../../storage/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { FoveaError } from "../../util/errors.js";
import type { Hash } from "../../util/hex.js";
import { ZERO_HASH } from "../../util/hex.js";
import type {
  ChainAccess,
  ChainTip,
  ConfirmedProposal,
  FeedView,
  MachineClaim,
  OutputAccess,
} from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import { describeFailure, LoopRole } from "../loopRole.js";
import { Serial } from "../serial.js";
import { standingLength } from "../standing.js";
import type {
  OutputAtBlock,
  ProposalVerdict,
  RollupNodeView,
  StepResult,
  SyncStatus,
} from "../types.js";
import type { NodeConfig } from "./config.js";
import { CursorRecovery } from "./cursorRecovery.js";
import { EngineDriver } from "./engineDriver.js";
import { EntryApplier } from "./entryApplier.js";
import { FeedAccess } from "./feedAccess.js";
import { FeedSync } from "./feedSync.js";
import { NodeStore } from "./nodeStore.js";
import { NodeView } from "./nodeView.js";
import { UnsafeChain } from "./unsafeChain.js";

/** What the node reads and drives. */
export interface RollupNodeDeps {
  l1: L1Reader;
  engine: Engine;
  store: KeyValueStore;
  clock: Clock;
  logger: Logger;
  /** Machine roots; without them the node judges output roots only. */
  machine?: { claim(feedEnd: bigint, l2BlockNumber: bigint): MachineClaim | undefined };
}

/**
 * Follows the feeds on L1 and drives the engine's heads: safe from derivation, finalized from finalized L1, and takes the unsafe
 * head back when it can no longer become safe. The other roles and the gateway see the chain through it.
 * Source: docs/protocol/derivation.md#heads
 */
export class RollupNode extends LoopRole implements RollupNodeView, ChainAccess, OutputAccess {
  readonly name = "node";
  readonly rollupConfig: RollupConfig;
  readonly feeds: FeedView;
  readonly #config: NodeConfig;
  readonly #engine: Engine;
  readonly #store: NodeStore;
  readonly #sync: FeedSync;
  readonly #driver: EngineDriver;
  readonly #applier: EntryApplier;
  readonly #unsafe: UnsafeChain;
  readonly #view: NodeView;
  readonly #machine: RollupNodeDeps["machine"];
  readonly #serial = new Serial();
  #incident: FoveaError | undefined;
  #confirmed: ConfirmedProposal | undefined;
  #confirmedChecked = false;
  #mustCheckUnsafe = true;
  /** Entries in finalized L1 blocks whose L2 blocks are labelled finalized. */
  #finalizedEntries: bigint | undefined;
  #labels = "";

  constructor(rollupConfig: RollupConfig, config: NodeConfig, deps: RollupNodeDeps) {
    super(config.loop, deps);
    this.rollupConfig = rollupConfig;
    this.#config = config;
    this.#engine = deps.engine;
    this.#machine = deps.machine;
    this.#store = new NodeStore(deps.store);
    const parts = { ...deps, store: this.#store, genesisHash: deps.engine.genesisHash };
    this.#sync = new FeedSync(config, parts);
    this.#driver = new EngineDriver(parts);
    this.#applier = new EntryApplier(rollupConfig, { ...parts, driver: this.#driver });
    const recovery = new CursorRecovery(rollupConfig, parts);
    this.#unsafe = new UnsafeChain({ ...parts, recovery });
    this.feeds = new FeedAccess({ ...parts, sync: this.#sync });
    this.#view = new NodeView(rollupConfig, { ...parts, feeds: this.feeds });
  }

  /** The failure that stopped the node for good; reads go on. */
  get incident(): FoveaError | undefined {
    return this.#incident;
  }

  /** Errors: those of L1Reader and Engine; an incident is remembered and thrown once. */
  async step(): Promise<StepResult> {
    if (this.#incident) return { status: "waiting", detail: this.#incident.code };
    try {
      return await this.#step();
    } catch (error) {
      if (error instanceof FoveaError && error.severity === "critical") this.#stopFor(error);
      throw error;
    }
  }

  async #step(): Promise<StepResult> {
    const outcome = await this.#serial.run(async () => {
      const synced = await this.#sync.sync();
      if (synced.reorged) this.#mustCheckUnsafe = true;
      if (synced.entriesKept !== undefined) await this.#rewind(synced.entriesKept);
      return synced;
    });
    const derived = await this.#serial.run(() => this.#derive());
    await this.#serial.run(() => this.#settle());
    const isBehind = !this.#sync.isComplete || this.#store.derivedCount < this.#store.entryCount;
    return outcome.changed || derived || isBehind ? { status: "progress" } : { status: "idle" };
  }

  /** Entries vanished from L1: the safe head goes back to the last block of those that stand. */
  async #rewind(entriesKept: bigint): Promise<void> {
    if (this.#finalizedEntries !== undefined && entriesKept < this.#finalizedEntries) {
      throw new ServiceError("NODE_FINALITY_VIOLATION", {
        finalizedEntries: this.#finalizedEntries,
        standing: entriesKept,
      });
    }
    const tip = this.#applier.tip();
    this.logger.warn({ entries: entriesKept, safe: tip.number }, "L1 reorg took entries back");
    if ((await this.#driver.finalizedHead()).number <= tip.number) {
      await this.#driver.setLabels(tip.hash, ZERO_HASH);
    }
  }

  async #derive(): Promise<boolean> {
    await this.#dropMarksWithoutBlocks();
    const worked = await this.#applier.step(this.#config.blocksPerStep);
    // The feed's last origin moved, or blocks were replaced.
    if (worked) this.#mustCheckUnsafe = true;
    return worked;
  }

  /** After a crash, or with another data directory of the engine, marks may be ahead of its blocks. */
  async #dropMarksWithoutBlocks(): Promise<void> {
    const { derivedCount } = this.#store;
    if (await this.#hasCanonical(this.#applier.tip())) return;
    const kept = await standingLength(derivedCount, async (index) => {
      const mark = this.#store.getDerived(index);
      return mark !== undefined && this.#hasCanonical(mark.lastBlock);
    });
    this.logger.warn({ derived: derivedCount, kept }, "the engine lacks derived blocks");
    await this.#store.rewindDerived(kept);
  }

  async #hasCanonical(block: { number: bigint; hash: Hash }): Promise<boolean> {
    return (await this.#engine.getHeader(block.number))?.hash === block.hash;
  }

  /** Unsafe head and labels, once derivation has nothing in work. */
  async #settle(): Promise<void> {
    const snapshot = this.#sync.snapshot;
    if (!snapshot || !this.#isDerived()) return this.#updateLabels();
    if (this.#mustCheckUnsafe) {
      const head = await this.#driver.unsafeHead();
      const standing = await this.#unsafe.lastStanding(
        this.#applier.tip(),
        snapshot.entries.lastOrigin,
      );
      if (standing !== head.hash) {
        this.logger.warn({ head: head.number, back: standing }, "unsafe blocks dropped");
        await this.#driver.setHead(standing);
      }
      this.#mustCheckUnsafe = false;
    }
    return this.#updateLabels();
  }

  #isDerived(): boolean {
    return this.#sync.isComplete && this.#store.derivedCount === this.#store.entryCount;
  }

  async #updateLabels(): Promise<void> {
    const safe = this.#applier.tip();
    const finalized = this.#finalizedTip();
    const engineFinalized = await this.#driver.finalizedHead();
    // While everything is derived anew the engine is ahead; its labels stay until we have caught up with them.
    const safeHash = safe.number >= engineFinalized.number ? safe.hash : ZERO_HASH;
    const finalizedHash =
      finalized && finalized.number > engineFinalized.number ? finalized.hash : ZERO_HASH;
    const labels = `${safeHash}${finalizedHash}`;
    if (labels !== this.#labels) {
      await this.#driver.setLabels(safeHash, finalizedHash);
      this.#labels = labels;
      this.#confirmedChecked = false;
    }
    if (!this.#confirmedChecked) await this.#checkConfirmed();
  }

  #finalizedTip(): { number: bigint; hash: Hash } | undefined {
    const heads = this.#sync.heads;
    if (!heads) return undefined;
    let count = this.#finalizedEntries ?? 0n;
    while (count < this.#store.derivedCount) {
      const entry = this.#store.getEntry(count);
      if (!entry || entry.header.l1Number > heads.finalized.number) break;
      count += 1n;
    }
    this.#finalizedEntries = count;
    return count === 0n ? undefined : this.#store.getDerived(count - 1n)?.lastBlock;
  }

  async #checkConfirmed(): Promise<void> {
    const confirmed = this.#confirmed;
    const finalized = await this.#driver.finalizedHead();
    if (confirmed && confirmed.l2BlockNumber <= finalized.number) {
      const ours = await this.derivedOutputRoot(confirmed.l2BlockNumber);
      if (ours !== undefined && ours !== confirmed.rootClaim) {
        throw new ServiceError("NODE_CONTRADICTS_CONFIRMED", { ...confirmed, ours });
      }
    }
    this.#confirmedChecked = true;
  }

  #stopFor(incident: FoveaError): void {
    this.#incident = incident;
    this.logger.error({ error: incident }, "incident: the node stops following L1, reads go on");
  }

  override readinessProblems(): string[] {
    const problems = [...super.readinessProblems(), ...this.syncProblems()];
    const head = this.#sync.heads?.head;
    const ageSeconds = head ? Math.floor(this.clock.nowMs() / 1000) - Number(head.time) : 0;
    // Not a reason to stop sequencing: an L1 that pauses would pause L2 with it.
    if (ageSeconds > this.#config.staleL1Seconds) {
      problems.push(`the newest L1 block is ${ageSeconds} s old`);
    }
    return problems;
  }

  syncProblems(): string[] {
    if (this.#incident) return [describeFailure(this.#incident)];
    if (!this.#sync.heads) return ["L1 has not answered yet"];
    const problems: string[] = [];
    if (!this.#isDerived()) problems.push("entries on L1 are not derived yet");
    if (this.#mustCheckUnsafe) problems.push("unsafe blocks are not checked against L1 yet");
    return problems;
  }

  exclusive<T>(section: () => Promise<T>): Promise<T> {
    return this.#serial.run(section);
  }

  async safeTip(): Promise<ChainTip> {
    return this.#applier.tip();
  }

  async unsafeTip(): Promise<(ChainTip & { header: BlockHeader }) | undefined> {
    const header = await this.#driver.unsafeHead();
    const safe = this.#applier.tip();
    const cursor = header.hash === safe.hash ? safe.cursor : this.#store.getCursor(header.hash);
    return cursor && { number: header.number, hash: header.hash, cursor, header };
  }

  cursorAfter(blockHash: Hash): Cursor | undefined {
    return this.#store.getCursor(blockHash);
  }

  buildUnsafe(parent: Hash, attributes: PayloadAttributes): Promise<ExecutionPayload> {
    return this.#driver.build(parent, attributes);
  }

  async insertUnsafe(payload: ExecutionPayload, cursor: Cursor): Promise<void> {
    await this.#driver.insert(payload);
    // The cursor first: a head without one would have to be recovered after a crash.
    await this.#store.putBlock(payload.blockHash, cursor);
    await this.#driver.setHead(payload.blockHash);
  }

  async dropUnsafe(reason: string): Promise<void> {
    await this.#serial.run(async () => {
      const safe = this.#applier.tip();
      this.logger.warn({ reason, safe: safe.number }, "unsafe blocks dropped");
      await this.#driver.setHead(safe.hash);
    });
  }

  async derivedOutputRoot(number: bigint): Promise<Hash | undefined> {
    if (number > this.#applier.tip().number) return undefined;
    const header = await this.#engine.getHeader(number);
    return (
      header &&
      outputRoot({
        stateRoot: header.stateRoot,
        messagePasserStorageRoot: header.withdrawalsRoot,
        blockHash: header.hash,
      })
    );
  }

  machineClaim(feedEnd: bigint, l2BlockNumber: bigint): MachineClaim | undefined | null {
    return this.#machine === undefined ? null : this.#machine.claim(feedEnd, l2BlockNumber);
  }

  noteConfirmed(confirmed: ConfirmedProposal): void {
    if (this.#confirmed?.index === confirmed.index) return;
    this.#confirmed = confirmed;
    this.#view.setConfirmed(confirmed);
    this.#confirmedChecked = false;
  }

  getVerdict(index: bigint): ProposalVerdict | undefined {
    return this.#store.getVerdict(index);
  }

  putVerdicts(verdicts: ProposalVerdict[]): Promise<void> {
    return this.#store.putVerdicts(verdicts);
  }

  syncStatus(): Promise<SyncStatus> {
    return this.#view.syncStatus(this.#applier.tip());
  }

  async outputAtBlock(number: bigint): Promise<OutputAtBlock> {
    return this.#view.outputAtBlock(number, await this.syncStatus());
  }

  safeHeadAtL1Block(l1Number: bigint) {
    return this.#view.safeHeadAtL1Block(l1Number);
  }

  resolveDepositAlias(hash: Hash): Hash | undefined {
    return this.#store.getAlias(hash);
  }

  /** Forgets everything read from L1; the next steps read it again. The engine keeps its blocks. */
  async forget(): Promise<void> {
    await this.#serial.run(() => this.#store.clear());
    this.#finalizedEntries = undefined;
    this.#mustCheckUnsafe = true;
  }
}
