import { setImmediate as nextTurn } from "node:timers/promises";
import type { ChainReader } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import { describeStep, type StepDescription } from "../../proof/describe/describeStep.js";
import { Machine } from "../../proof/machine.js";
import { cloneState } from "../../proof/state/cloneState.js";
import type { MachineState } from "../../proof/state/types.js";
import { wordToBytes } from "../../proof/state/wordBytes.js";
import type { Access } from "../../proof/witness/types.js";
import { type Hash, toHex } from "../../util/hex.js";
import type { ChainAccess } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import { blockEntry } from "./blockEntry.js";
import { blockPayload, encodePayload } from "./blockPayload.js";
import { FeedInputs } from "./feedInputs.js";
import { stateBefore } from "./machineTracker.js";

/** A step of a block with all that proves it. */
export interface ProvenStep {
  readonly block: { readonly number: bigint; readonly hash: Hash };
  readonly position: number;
  readonly entryIndex: bigint;
  /** First entry that is not part of the claim that the position counts in. */
  readonly entryBound: bigint;
  readonly pre: Hash;
  readonly post: Hash;
  readonly packed: Uint8Array;
  readonly access: Access;
  readonly description: StepDescription;
}

/** Bounds of a prover. */
export interface ProverConfig {
  /** Steps between two looks at what else the process has to do. */
  readonly stepsPerTurn: number;
  /** Callers that wait while one is served. */
  readonly maxWaiting: number;
}

export const defaultProverConfig: ProverConfig = { stepsPerTurn: 5_000, maxWaiting: 8 };

/** What a prover works with. */
export interface ProverDeps {
  node: Pick<ChainAccess, "rollupConfig" | "feeds" | "cursorAfter">;
  engine: Pick<ChainReader, "dbGet" | "getHeader">;
  l1: Pick<L1Reader, "getOrigins">;
}

/** A machine in the slot of a block. */
interface Place {
  readonly entryIndex: bigint;
  readonly entryHash: Hash;
  /** The block that the slot makes. */
  block: bigint;
  /** The state at position 0. */
  start: MachineState;
  machine: Machine;
  position: number;
}

/**
 * Proves single steps of derived blocks: runs a block's entry up to the position asked for, in slices between which others run.
 * One at a time; the machine of the last answer is kept, so that a step after it takes no run from the start.
 */
export class StepProver {
  readonly #config: ProverConfig;
  readonly #deps: ProverDeps;
  readonly #inputs: FeedInputs;
  #last: Place | undefined;
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(config: ProverConfig, deps: ProverDeps) {
    this.#config = config;
    this.#deps = deps;
    const { engine, l1 } = deps;
    this.#inputs = new FeedInputs({ engine, feeds: deps.node.feeds, l1 });
  }

  /**
   * The step at a position of a block's slot; position 0 is the boundary that begins the block.
   * Errors: NODE_UNKNOWN_BLOCK, PROVER_NOT_DERIVED, PROVER_NO_STEP with how many there are, PROVER_BUSY, MACHINE_DIFFERS,
   * PROOF_NODE_MISSING and PROOF_CODE_MISSING with the hash, PROOF_FEED_MISSING; the signal's reason.
   */
  async prove(block: bigint, position: number, signal?: AbortSignal): Promise<ProvenStep> {
    if (this.#waiting > this.#config.maxWaiting) throw new ServiceError("PROVER_BUSY");
    this.#waiting++;
    const turn = this.#tail.then(() => this.#prove(block, position, signal));
    this.#tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** What another process needs to run a block's machine itself, the L2 state aside. Errors: those of blockPayload. */
  async payload(block: bigint): Promise<Uint8Array> {
    return encodePayload(await blockPayload(this.#deps, block));
  }

  async #prove(block: bigint, position: number, signal?: AbortSignal): Promise<ProvenStep> {
    signal?.throwIfAborted();
    const header = await this.#deps.engine.getHeader(block);
    if (header === undefined) throw new ServiceError("NODE_UNKNOWN_BLOCK", { block });
    if (block === 0n) throw new ServiceError("PROVER_NO_STEP", { block, position, steps: 0 });
    // Taken out while it is changed: a run that fails half way leaves nothing behind.
    const place = await this.#placeFor(block, position);
    this.#last = undefined;
    await this.#toBlock(place, block, signal);
    await this.#toPosition(place, position, signal);
    const { machine, entryIndex } = place;
    const proof = machine.witness();
    this.#last = place;
    return {
      block: { number: block, hash: header.hash },
      position,
      entryIndex,
      entryBound: entryIndex + 1n,
      pre: toHex(proof.pre),
      post: toHex(proof.post),
      packed: proof.packed,
      access: proof.access,
      description: describeStep(machine.state, proof),
    };
  }

  /** The last machine if it is before the position, else one at the block's start or in front of the entry. */
  async #placeFor(block: bigint, position: number): Promise<Place> {
    const { node } = this.#deps;
    const entryIndex = blockEntry(node.feeds, block);
    const entry = entryIndex === undefined ? undefined : node.feeds.getEntry(entryIndex);
    if (entryIndex === undefined || entry === undefined) {
      throw new ServiceError("PROVER_NOT_DERIVED", { block });
    }
    const last = this.#last;
    if (last?.entryHash === entry.hash && last.entryIndex === entryIndex && last.block <= block) {
      if (last.block < block || last.position <= position) return last;
      return this.#begin(last, last.block, last.start);
    }
    const state = await stateBefore(this.#deps, entryIndex);
    if (state === undefined) throw new ServiceError("PROVER_NOT_DERIVED", { block });
    await this.#inputs.prepare(entryIndex);
    const of = { entryIndex, entryHash: entry.hash };
    return this.#begin(of, state.chain.number + 1n, state);
  }

  #begin(
    { entryIndex, entryHash }: Pick<Place, "entryIndex" | "entryHash">,
    block: bigint,
    start: MachineState,
  ): Place {
    const state = cloneState(start);
    const machine = new Machine({ state, inputs: this.#inputs, entryBound: entryIndex + 1n });
    return { entryIndex, entryHash, block, start, machine, position: 0 };
  }

  async #toBlock(place: Place, block: bigint, signal?: AbortSignal): Promise<void> {
    while (place.block < block) {
      const { machine } = place;
      const before = machine.state.chain.number;
      machine.runTo(({ state }) => state.chain.number !== before, this.#config.stepsPerTurn);
      if (machine.state.chain.number !== before) {
        await this.#assertSame(machine);
        machine.skipToSlot();
        place.block++;
        place.start = cloneState(machine.state);
        place.position = 0;
      }
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  async #toPosition(place: Place, position: number, signal?: AbortSignal): Promise<void> {
    const { machine, block } = place;
    while (place.position < position) {
      const most = Math.min(position - place.position, this.#config.stepsPerTurn);
      place.position += machine.runTo(({ state }) => state.chain.number === block, most);
      if (machine.state.chain.number === block) {
        throw new ServiceError("PROVER_NO_STEP", { block, position, steps: place.position });
      }
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  /** Proofs of another chain than the engine's would be worth nothing. */
  async #assertSame({ state: { chain } }: Machine): Promise<void> {
    const machine = toHex(wordToBytes(chain.lastHash));
    const header = await this.#deps.engine.getHeader({ hash: machine });
    if (header !== undefined) return;
    throw new ServiceError("MACHINE_DIFFERS", { number: chain.number, machine });
  }
}
