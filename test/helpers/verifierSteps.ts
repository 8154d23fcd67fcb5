import { runStep } from "../../src/proof/machine.js";
import { cloneState } from "../../src/proof/state/cloneState.js";
import type { MachineState, Step, Word } from "../../src/proof/state/types.js";
import { OUTCOME_WORD } from "../../src/proof/state/words.js";
import { MODE, OUTCOME, R } from "../../src/proof/table.js";
import type { StepProof } from "../../src/proof/witness/witnessOf.js";
import { toHex } from "../../src/util/hex.js";
import { deployFeeds, deployVerifier, type WorldMachine } from "./provenBlocks.js";
import { type CallOutcome, type SolidityContract, SolidityVm } from "./solidityVm.js";
import { opcodeOf, proofOf, type SolidityContext } from "./stepEquivalence.js";

/** More than any step may need. */
const MOST_GAS = 15_000_000n;
const NOBODY = `0x${"00".repeat(20)}` as const;
const SLOT = 2n ** 30n;

/** A step that a walk came to. */
export interface Visited {
  readonly name: string;
  /** The state before it; nobody else changes it. */
  readonly step: Step;
  readonly next: MachineState;
  readonly context: SolidityContext;
}

/** Sees every step of a walk. */
export type Visit = (visited: Visited) => Promise<void>;

/** Names of modes by number. */
export const MODE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(MODE).map(([name, mode]) => [mode, name]),
);

/** The deployed StepVerifier with all families, for steps of any origin. */
export class VerifierSteps {
  readonly #vm: SolidityVm;
  readonly #verifier: SolidityContract;

  private constructor(vm: SolidityVm, verifier: SolidityContract) {
    this.#vm = vm;
    this.#verifier = verifier;
  }

  /** Deploys router and families. */
  static async create(): Promise<VerifierSteps> {
    const vm = await SolidityVm.create();
    return new VerifierSteps(vm, await deployVerifier(vm));
  }

  /** Address of feeds that say what a world's feeds say. */
  async feeds(world: Omit<WorldMachine, "machine">): Promise<SolidityContext["sequencerFeed"]> {
    return (await deployFeeds(this.#vm, world)).address;
  }

  /** Executes a packed witness, whatever it is. */
  execute(pre: Uint8Array, packed: Uint8Array, context: SolidityContext): Promise<CallOutcome> {
    return this.#verifier.call("step", [context, toHex(pre), toHex(packed)], MOST_GAS);
  }

  /** Proves a step in the contracts; throws if they revert or end in another root. */
  async check({ name, step, context }: Omit<Visited, "next">): Promise<StepProof> {
    const proof = proofOf(step);
    const outcome = await this.execute(proof.pre, proof.packed, context);
    const what = `${name}, ${kindOf(step.s)}`;
    if (!outcome.ok) throw new Error(`${what}: ${outcome.error}(${outcome.args.join(", ")})`);
    if (outcome.data !== toHex(proof.post)) {
      throw new Error(`${what}: the contracts end in ${outcome.data}, not ${toHex(proof.post)}`);
    }
    return proof;
  }
}

/** Mode, and the opcode if it executes one. */
export function kindOf(s: MachineState): string {
  const { mode } = s.ctl;
  const opcode = mode === MODE.op ? ` 0x${opcodeOf(s).toString(16).padStart(2, "0")}` : "";
  return `${MODE_NAMES.get(mode)}${opcode}`;
}

/** True if a step of running code has ended its frame by a halt. */
export function isHalted(next: MachineState): boolean {
  if (next.ctl.mode !== MODE.exit) return false;
  return OUTCOME_WORD.unpack(next.work.regs[R.outcome] as Word).outcome === OUTCOME.halt;
}

/** Where a context stands that needs no feeds. */
export function contextOf(step: Step): SolidityContext {
  const t = step.mayBegin ? 0n : 1n;
  return { sequencerFeed: NOBODY, depositFeed: NOBODY, entryBound: step.entryBound, t };
}

/** Runs a machine that needs no feeds from a state on, up to `isOver` or so many steps. Returns whether it was over. */
export async function walk(
  name: string,
  step: Step,
  visit: Visit,
  isOver: (s: MachineState) => boolean,
  limit = 50_000,
): Promise<boolean> {
  for (let count = 0; count < limit; count++) {
    if (isOver(step.s)) return true;
    const before = { ...step, s: cloneState(step.s) };
    runStep(step);
    const context = contextOf(before);
    await visit({ name: `${name}, step ${count}`, step: before, next: step.s, context });
  }
  return isOver(step.s);
}

/** Runs a world's machine over every entry from genesis. */
export async function walkWorld(
  name: string,
  { machine, inputs, entries }: WorldMachine,
  feed: SolidityContext["sequencerFeed"],
  visit: Visit,
): Promise<void> {
  for (let entry = machine.state.chain.entryIndex; entry < entries; entry++) {
    await inputs.prepare(entry);
    while (machine.state.chain.entryIndex === entry) {
      const { t } = machine;
      const s = cloneState(machine.state);
      const mayBegin = t % SLOT === 0n;
      const step = { s, rec: undefined, inputs, entryBound: entries, mayBegin, isPlain: false };
      machine.step();
      const context = { sequencerFeed: feed, depositFeed: feed, entryBound: entries, t };
      await visit({ name: `${name}, step ${t}`, step, next: machine.state, context });
      // A stutter of each boundary is seen too: the first step within a slot.
      if (machine.isAtBoundary && s.ctl.mode === MODE.boundary) machine.skipToSlot();
    }
  }
}
