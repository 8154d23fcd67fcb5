import { genesisCursor } from "../../derive/index.js";
import type { ChainReader } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import type { MachineState } from "../../proof/state/types.js";
import type { Cursor } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { FoveaError } from "../../util/errors.js";
import type { Hash } from "../../util/hex.js";
import type { ChainAccess } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import { describeFailure, type LoopConfig, LoopRole } from "../loopRole.js";
import type { StepResult } from "../types.js";
import { type EntryStart, stateAt } from "./entryRun.js";
import { type EntryRunner, SliceRunner } from "./entryRunner.js";
import { FeedInputs } from "./feedInputs.js";
import type { BlockRoot, RootStore } from "./rootStore.js";

/** Defaults of the tracker. */
export const defaultMachineConfig: { loop: LoopConfig } = {
  loop: { idleMs: 500, backoffMs: 1_000, maxBackoffMs: 30_000 },
};

/** What the tracker works with. */
export interface MachineDeps {
  node: Pick<ChainAccess, "rollupConfig" | "feeds" | "cursorAfter">;
  engine: Pick<ChainReader, "dbGet" | "dbPrefetch" | "getHeader">;
  l1: Pick<L1Reader, "getOrigins">;
  roots: RootStore;
  clock: Clock;
  logger: Logger;
  /** Where the machine runs; in slices of this thread unless told otherwise. */
  runner?: EntryRunner;
}

/** The failure of an entry, and when it is tried again. */
interface Failure {
  error: unknown;
  entryHash: Hash;
  count: number;
  /** Undefined: not until the entry is another one. */
  againAtMs: number | undefined;
}

/**
 * Runs the step machine over every entry that the node has derived, and keeps the machine root of each L2 block. A block whose
 * hash is not the engine's stops it for good: then a proof of this chain would be of another one.
 * Resumable at every entry; follows reorgs by the entries' hashes.
 */
export class MachineTracker extends LoopRole {
  readonly name = "machine";
  readonly #loop: LoopConfig;
  readonly #deps: MachineDeps;
  readonly #inputs: FeedInputs;
  readonly #runner: EntryRunner;
  #failure: Failure | undefined;

  constructor(config: { loop: LoopConfig }, deps: MachineDeps) {
    super(config.loop, deps);
    this.#loop = config.loop;
    this.#deps = deps;
    const { engine, l1 } = deps;
    this.#inputs = new FeedInputs({ engine, feeds: deps.node.feeds, l1 });
    this.#runner = deps.runner ?? new SliceRunner();
  }

  /** Runs one entry. Errors: MACHINE_DIFFERS, those of FeedInputs. */
  async step(): Promise<StepResult> {
    const { node, roots } = this.#deps;
    await this.#followReorg();
    const index = roots.entryCount;
    const entry = node.feeds.getEntry(index);
    if (index >= node.feeds.derivedCount || entry === undefined) return { status: "idle" };
    if (this.#mustWait(entry.hash)) return { status: "waiting", detail: `entry ${index} failed` };
    try {
      return await this.#runEntry(index, entry.hash);
    } catch (error) {
      this.#remember(error, entry.hash);
      throw error;
    }
  }

  override readinessProblems(): string[] {
    const problems = super.readinessProblems();
    return this.#failure === undefined
      ? problems
      : [...new Set([...problems, describeFailure(this.#failure.error)])];
  }

  override get criticalProblem(): string | undefined {
    const { error, againAtMs } = this.#failure ?? {};
    const isForGood = error !== undefined && againAtMs === undefined;
    return super.criticalProblem ?? (isForGood ? describeFailure(error) : undefined);
  }

  override async stop(): Promise<void> {
    // Whoever starts it again wants it to try again.
    this.#failure = undefined;
    await super.stop();
    await this.#runner.close();
  }

  async #followReorg(): Promise<void> {
    const { node, roots } = this.#deps;
    let count = roots.entryCount;
    while (
      count > 0n &&
      node.feeds.getEntry(count - 1n)?.hash !== roots.getEntry(count - 1n)?.entryHash
    ) {
      count--;
    }
    if (count < roots.entryCount) await roots.truncate(count);
  }

  async #runEntry(index: bigint, entryHash: Hash): Promise<StepResult> {
    const { roots } = this.#deps;
    const start = await startOf(this.#deps, index);
    if (start === undefined) return { status: "waiting", detail: "the node derives anew" };
    const inputs = this.#inputs;
    await inputs.prepare(index);
    const blocks: BlockRoot[] = [];
    const onBlock = async (block: BlockRoot) => {
      await this.#assertSame(block);
      blocks.push(block);
    };
    const end = await this.#runner.run({ start, inputs, onBlock, signal: this.signal });
    if (end === undefined) return { status: "waiting", detail: "stopped" };
    this.#failure = undefined;
    await roots.append({ ...end, entryHash }, blocks);
    this.logger.debug({ index, blocks: blocks.length }, "machine ran an entry");
    return { status: "progress", detail: `entry ${index}, ${blocks.length} blocks` };
  }

  async #assertSame({ number, hash }: BlockRoot): Promise<void> {
    const { engine } = this.#deps;
    if ((await engine.getHeader({ hash })) !== undefined) return;
    const canonical = await engine.getHeader(number);
    throw new ServiceError("MACHINE_DIFFERS", { number, machine: hash, engine: canonical?.hash });
  }

  /** Runs are dear: what failed is not tried again at once, and what cannot come right not at all. */
  #mustWait(entryHash: Hash): boolean {
    if (this.#failure?.entryHash !== entryHash) this.#failure = undefined;
    if (this.#failure === undefined) return false;
    const { againAtMs } = this.#failure;
    return againAtMs === undefined || this.clock.nowMs() < againAtMs;
  }

  #remember(error: unknown, entryHash: Hash): void {
    const { backoffMs, maxBackoffMs } = this.#loop;
    const count = (this.#failure?.count ?? 0) + 1;
    const waitMs = Math.min(backoffMs * 2 ** Math.min(count - 1, 10), maxBackoffMs);
    const isForGood = error instanceof FoveaError && error.severity === "critical";
    const againAtMs = isForGood ? undefined : this.clock.nowMs() + waitMs;
    this.#failure = { error, entryHash, count, againAtMs };
  }
}

/** The machine in front of an entry, or undefined while the node does not know enough. */
export async function stateBefore(
  deps: Pick<MachineDeps, "node" | "engine">,
  entryIndex: bigint,
): Promise<MachineState | undefined> {
  const start = await startOf(deps, entryIndex);
  return start && stateAt(start);
}

/** What that machine is made from; undefined while the node does not know enough. */
export async function startOf(
  { node, engine }: Pick<MachineDeps, "node" | "engine">,
  index: bigint,
): Promise<EntryStart | undefined> {
  const last = node.feeds.blockAtEntryEnd(index);
  if (last === undefined) return undefined;
  const header = await engine.getHeader({ hash: last.hash });
  const cursor: Cursor | undefined =
    last.number === 0n ? genesisCursor(node.rollupConfig) : node.cursorAfter(last.hash);
  if (header === undefined || cursor === undefined) return undefined;
  const hashes = new Map<bigint, Hash>([[header.number, header.hash]]);
  let at = header;
  while (at.number > 0n && hashes.size < 256) {
    const parent = await engine.getHeader({ hash: at.parentHash });
    if (parent === undefined) return undefined;
    hashes.set(parent.number, parent.hash);
    at = parent;
  }
  const chainId = BigInt(node.rollupConfig.chain.l2ChainId);
  return { chainId, index, header, cursor: { ...cursor, entryIndex: index }, hashes };
}
