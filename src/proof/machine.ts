import { ProofError } from "./errors.js";
import { MODES } from "./modes/index.js";
import { rootOf } from "./state/merkle.js";
import type { MachineInputs, MachineState, Recorder, Step } from "./state/types.js";
import { G, LIMIT, MODE } from "./table.js";
import { type StepProof, witnessOf } from "./witness/witnessOf.js";

/** What a machine is started with. */
export interface MachineOptions {
  /** The state that the first step changes; it belongs to the machine from then on. */
  readonly state: MachineState;
  readonly inputs: MachineInputs;
  /** First entry that is not part of the claim. */
  readonly entryBound: bigint;
  /** Position of the state in its claim; 0 without it. */
  readonly t?: bigint;
  /** L1's rules, for state tests: see Step. */
  readonly isPlain?: boolean;
}

const SLOT = BigInt(LIMIT.slotSteps);

/**
 * Runs steps one after the other. A slot of 2^30 positions belongs to each block: a boundary begins a block only where a slot
 * begins, and stutters until then, so `skipToSlot` may pass over the rest of a slot.
 * Source: docs/protocol/machine.md#steps
 */
export class Machine {
  state: MachineState;
  readonly #inputs: MachineInputs;
  readonly #entryBound: bigint;
  readonly #isPlain: boolean;
  #t: bigint;
  #steps = 0;

  constructor({ state, inputs, entryBound, t = 0n, isPlain = false }: MachineOptions) {
    this.state = state;
    this.#inputs = inputs;
    this.#entryBound = entryBound;
    this.#isPlain = isPlain;
    this.#t = t;
  }

  /** Position of the state in its claim. */
  get t(): bigint {
    return this.#t;
  }

  /** Steps that were executed; the stutters that `skipToSlot` passes over are not among them. */
  get steps(): number {
    return this.#steps;
  }

  get isAtBoundary(): boolean {
    return this.state.ctl.mode === MODE.boundary;
  }

  /** Executes one step. Errors: PROOF_NO_MODE, those of the inputs. */
  step(rec?: Recorder): void {
    runStep(this.#stepOn(this.state, rec));
    this.#t++;
    this.#steps++;
  }

  /**
   * Executes steps until the state is as asked, or so many. Returns how many it were.
   * Units: `limit` steps, for a predicate that never holds.
   */
  runTo(target: number | ((machine: Machine) => boolean), limit = Number.MAX_SAFE_INTEGER): number {
    const first = this.#steps;
    const most = typeof target === "number" ? target : limit;
    // One object for all steps: making one each time costs as much as a small opcode.
    const step = this.#stepOn(this.state, undefined);
    while (this.#steps - first < most) {
      if (typeof target !== "number" && target(this)) break;
      step.mayBegin = this.#t % SLOT === 0n;
      runStep(step);
      this.#t++;
      this.#steps++;
    }
    return this.#steps - first;
  }

  /** From a boundary to the position where the next block may begin: nothing changes but `t`. At any other state it does nothing. */
  skipToSlot(): void {
    if (this.isAtBoundary) this.#t += (SLOT - (this.#t % SLOT)) % SLOT;
  }

  /** The same state at another position of the claim, which a boundary that stutters has; both share the state. */
  at(t: bigint): Machine {
    return new Machine({
      state: this.state,
      inputs: this.#inputs,
      entryBound: this.#entryBound,
      t,
      isPlain: this.#isPlain,
    });
  }

  /** Root of the state. Shapes: 32 bytes. */
  root(): Uint8Array {
    return rootOf(this.state);
  }

  /** The next step with all that proves it; the machine stays where it is. Errors: those of `witnessOf`. */
  witness(): StepProof {
    return witnessOf(this.state, (state, rec) => runStep(this.#stepOn(state, rec)));
  }

  #stepOn(s: MachineState, rec: Recorder | undefined): Step {
    return {
      s,
      rec,
      inputs: this.#inputs,
      entryBound: this.#entryBound,
      mayBegin: this.#t % SLOT === 0n,
      isPlain: this.#isPlain,
    };
  }
}

/** Executes the step that a state is at. Errors: PROOF_NO_MODE, those of the inputs. */
export function runStep(step: Step): void {
  const { mode } = step.s.ctl;
  const run = MODES[mode];
  if (run === undefined) throw new ProofError("PROOF_NO_MODE", { mode });
  step.rec?.leaf(G.ctl);
  run(step);
}
