import type { MachineState, Step } from "../../src/proof/state/types.js";
import { OUTCOME_WORD } from "../../src/proof/state/words.js";
import { MODE, OUTCOME, R } from "../../src/proof/table.js";
import { opStep } from "./opStates.js";
import { Rng } from "./randomProgram.js";
import { type CheckedStep, proofOf, type StepEquivalence } from "./stepEquivalence.js";

/** How a precompile ended, with the steps that led there. */
export interface PrecompileRun {
  /** All steps; `steps` are those that a contract has executed too. */
  readonly count: number;
  readonly steps: readonly CheckedStep[];
  readonly isHalt: boolean;
  readonly gasLeft: number;
  /** What is in bufA. */
  readonly output: Uint8Array;
  readonly end: MachineState;
}

const NO_CODE = new Uint8Array(0);

/** A machine in mode PRECOMP. */
export function precompileStep(address: number, input: Uint8Array, gas: number): Step {
  const step = opStep(new Rng(1), { code: NO_CODE, input, gas });
  const { s } = step;
  s.ctl.mode = MODE.precomp;
  if (s.frame !== undefined) s.frame.newAddr = BigInt(address);
  return step;
}

/** Runs a precompile to its frame's end; every step, or the first `most` of them and the last one, in the contracts too. */
export async function runPrecompileSteps(
  contracts: StepEquivalence,
  start: Step,
  most = Number.POSITIVE_INFINITY,
): Promise<PrecompileRun> {
  const steps: CheckedStep[] = [];
  let { s } = start;
  let count = 0;
  while (s.ctl.mode !== MODE.exit) {
    const step = { ...start, s };
    count++;
    if (steps.length < most) {
      const checked = await contracts.check(step);
      steps.push(checked);
      s = checked.proof.next;
    } else {
      const { next } = proofOf(step);
      if (next.ctl.mode === MODE.exit) steps.push(await contracts.check(step));
      s = next;
    }
  }
  const { outcome, outLen } = OUTCOME_WORD.unpack(s.work.regs[R.outcome] as bigint);
  return {
    count,
    steps,
    isHalt: outcome === OUTCOME.halt,
    gasLeft: s.frame?.gas ?? -1,
    output: s.work.bufA.read(0, outLen),
    end: s,
  };
}
