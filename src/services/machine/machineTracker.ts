import { setImmediate as nextTurn } from "node:timers/promises";
import { genesisCursor } from "../../derive/index.js";
import type { ChainReader } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import { boundaryProof } from "../../proof/boundaryProof.js";
import { boundaryState } from "../../proof/boundaryState.js";
import { Machine } from "../../proof/machine.js";
import type { MachineState } from "../../proof/state/types.js";
import { wordToBytes } from "../../proof/state/wordBytes.js";
import type { Cursor } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { type Hash, toHex } from "../../util/hex.js";
import type { ChainAccess } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import { type LoopConfig, LoopRole } from "../loopRole.js";
import type { StepResult } from "../types.js";
import { FeedInputs } from "./feedInputs.js";
import type { BlockRoot, EntryEnd, RootStore } from "./rootStore.js";

/** Steps between two looks at what else the process has to do. */
const STEPS_PER_TURN = 20_000;

/** Defaults of the tracker. */
export const defaultMachineConfig: { loop: LoopConfig } = {
  loop: { idleMs: 500, backoffMs: 1_000, maxBackoffMs: 30_000 },
};

/** What the tracker works with. */
export interface MachineDeps {
  node: Pick<ChainAccess, "rollupConfig" | "feeds" | "cursorAfter">;
  engine: Pick<ChainReader, "dbGet" | "getHeader">;
  l1: Pick<L1Reader, "getOrigins">;
  roots: RootStore;
  clock: Clock;
  logger: Logger;
}

/**
 * Runs the step machine over every entry that the node has derived, and keeps the machine root of each L2 block. A block whose
 * hash is not the engine's stops it for good: then a proof of this chain would be of another one.
 * Resumable at every entry; follows reorgs by the entries' hashes.
 */
export class MachineTracker extends LoopRole {
  readonly name = "machine";
  readonly #deps: MachineDeps;
  readonly #inputs: FeedInputs;

  constructor(config: { loop: LoopConfig }, deps: MachineDeps) {
    super(config.loop, deps);
    this.#deps = deps;
    const { engine, l1 } = deps;
    this.#inputs = new FeedInputs({ engine, feeds: deps.node.feeds, l1 });
  }

  /** Runs one entry. Errors: MACHINE_DIFFERS, those of FeedInputs. */
  async step(): Promise<StepResult> {
    const { node, roots } = this.#deps;
    await this.#followReorg();
    const index = roots.entryCount;
    const entry = node.feeds.getEntry(index);
    if (index >= node.feeds.derivedCount || entry === undefined) return { status: "idle" };
    const state = await stateBefore(this.#deps, index);
    if (state === undefined) return { status: "waiting", detail: "the node derives anew" };
    await this.#inputs.prepare(index);
    const machine = new Machine({ state, inputs: this.#inputs, entryBound: index + 1n });
    const blocks: BlockRoot[] = [];
    const end = await this.#runEntry(machine, index, entry.hash, blocks);
    if (end === undefined) return { status: "waiting", detail: "stopped" };
    await roots.append(end, blocks);
    return { status: "progress", detail: `entry ${index}, ${blocks.length} blocks` };
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

  async #runEntry(
    machine: Machine,
    index: bigint,
    entryHash: Hash,
    blocks: BlockRoot[],
  ): Promise<EntryEnd | undefined> {
    let startedAt = 0;
    while (true) {
      if (this.signal.aborted) return undefined;
      const { number } = machine.state.chain;
      if (machine.isAtBoundary) {
        if (machine.state.chain.entryIndex > index) break;
        machine.skipToSlot();
      }
      const isDone = ({ state }: Machine): boolean =>
        state.chain.number !== number || state.chain.entryIndex > index;
      machine.runTo(isDone, STEPS_PER_TURN);
      if (machine.state.chain.number !== number) {
        blocks.push(await this.#blockRoot(machine, machine.steps - startedAt));
        startedAt = machine.steps;
      }
      await nextTurn();
    }
    this.logger.debug({ index, blocks: blocks.length }, "machine ran an entry");
    return {
      entryHash,
      number: machine.state.chain.number,
      root: toHex(machine.root()),
      proof: toHex(boundaryProof(machine.state)),
      stepsAfter: machine.steps - startedAt,
    };
  }

  async #blockRoot(machine: Machine, steps: number): Promise<BlockRoot> {
    const { chain } = machine.state;
    const hash = toHex(wordToBytes(chain.lastHash));
    const header = await this.#deps.engine.getHeader({ hash });
    if (header === undefined) {
      const canonical = await this.#deps.engine.getHeader(chain.number);
      throw new ServiceError("MACHINE_DIFFERS", {
        number: chain.number,
        machine: hash,
        engine: canonical?.hash,
      });
    }
    // The engine has this state on disk: what the machine made in memory can go.
    chain.state = undefined;
    return { number: chain.number, hash, root: toHex(machine.root()), steps };
  }
}

/** The machine in front of an entry, or undefined while the node does not know enough. */
export async function stateBefore(
  { node, engine }: Pick<MachineDeps, "node" | "engine">,
  entryIndex: bigint,
): Promise<MachineState | undefined> {
  const last = node.feeds.blockAtEntryEnd(entryIndex);
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
  return boundaryState({
    chainId: BigInt(node.rollupConfig.chain.l2ChainId),
    header,
    cursor: { ...cursor, entryIndex },
    hashOf: (number) => hashes.get(number),
  });
}
