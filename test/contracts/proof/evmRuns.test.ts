import { beforeAll, expect, test } from "@jest/globals";
import { StepCall } from "../../../src/contracts/generated/StepCall.js";
import { StepCallOp } from "../../../src/contracts/generated/StepCallOp.js";
import { StepCreate } from "../../../src/contracts/generated/StepCreate.js";
import { StepEngines } from "../../../src/contracts/generated/StepEngines.js";
import { StepOp } from "../../../src/contracts/generated/StepOp.js";
import { StepState } from "../../../src/contracts/generated/StepState.js";
import { runStep } from "../../../src/proof/machine.js";
import type { MachineState, Step } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import { eestCases, eestStep, isOver } from "../../helpers/eestState.js";
import { messageStep } from "../../helpers/proofEvm.js";
import { randomProgram } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  gasLine,
  opcodeOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";

/** Programs; more with FOVEA_FUZZ_RUNS. */
const RUNS = Math.max(1, Math.floor(Number(process.env.FOVEA_FUZZ_RUNS ?? 1_000) / 15));
/** A folder of state tests of execution-spec-tests; without one only random programs run. */
const DIR = process.env.FOVEA_EEST_STATE;
const FORK = process.env.FOVEA_EEST_FORK ?? "Osaka";
const ONLY = process.env.FOVEA_EEST_ONLY ?? "";
const BLOB_TYPE = 3;
/** Steps of a mode or opcode that are checked at least if there are so many; rarer ways on from it are checked longer. */
const PER_KIND = Number(process.env.FOVEA_EQUIVALENCE_STEPS ?? 24);
const MOST_STEPS = 3_000;

let solidity: StepEquivalence;

beforeAll(async () => {
  solidity = await StepEquivalence.create({
    op: StepOp,
    state: StepState,
    callOp: StepCallOp,
    engines: StepEngines,
    call: StepCall,
    create: StepCreate,
  });
});

/** What was checked, by mode or opcode and the way on. */
class Sample {
  readonly #ways = new Map<string, CheckedStep[]>();
  readonly #counts = new Map<string, number>();

  /** Runs a step to the end of `isOver`; steps that are still wanted are checked on the way. */
  async follow(name: string, step: Step, isOver: (s: MachineState) => boolean): Promise<void> {
    for (let count = 0; !isOver(step.s) && count < MOST_STEPS; count++) {
      const { s } = step;
      if (solidity.knows(s) && this.#isWanted(s)) await this.#check(`${name}, step ${count}`, step);
      runStep(step);
    }
  }

  /** A line for each way that was checked. */
  lines(): string[] {
    return [...this.#ways].sort().map(([name, steps]) => gasLine(name, steps));
  }

  get ways(): number {
    return this.#ways.size;
  }

  get steps(): number {
    return [...this.#ways.values()].reduce((sum, steps) => sum + steps.length, 0);
  }

  #isWanted(s: MachineState): boolean {
    return (this.#counts.get(kindOf(s)) ?? 0) < PER_KIND;
  }

  async #check(name: string, step: Step): Promise<void> {
    const kind = kindOf(step.s);
    const checked = await solidity.check(step).catch((error: Error) => {
      throw new Error(`${name}, ${kind}: ${error.message}`);
    });
    const way = `${kind} -> ${NAMES[checked.proof.next.ctl.mode]}`;
    const before = this.#ways.get(way) ?? [];
    this.#ways.set(way, [...before, checked]);
    // The first steps of each way do not use up what is wanted of the kind.
    if (before.length >= PER_KIND / 4) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}

const NAMES = Object.fromEntries(Object.entries(MODE).map(([name, mode]) => [mode, name]));

function kindOf(s: MachineState): string {
  const { mode, sub, cnt } = s.ctl;
  if (mode === MODE.op) return `0x${opcodeOf(s).toString(16)}`;
  return `${NAMES[mode]} ${sub} ${cnt}`;
}

test(`steps of opcodes, engines, calls and creations of ${RUNS} random programs end as in the machine`, async () => {
  const sample = new Sample();
  for (let seed = 1; seed <= RUNS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const isOver = (s: MachineState) => s.ctl.mode === MODE.settle;
    await sample.follow(`program ${seed}`, messageStep(alloc, message), isOver);
  }
  process.stdout.write(`${sample.lines().join("")}${sample.steps} steps in all\n`);
  expect(sample.ways).toBeGreaterThan(150);
  expect(sample.steps).toBeGreaterThan(1_000);
}, 600_000);

(DIR === undefined ? test.skip : test)(
  "steps of opcodes, engines, calls and creations of state tests end as in the machine",
  async () => {
    const sample = new Sample();
    for (const testCase of eestCases(DIR as string, FORK)) {
      if (!testCase.name.includes(ONLY) || testCase.raw[0] === BLOB_TYPE) continue;
      await sample.follow(testCase.name, eestStep(testCase), isOver);
    }
    process.stdout.write(`${sample.lines().join("")}${sample.steps} steps in all\n`);
    expect(sample.ways).toBeGreaterThan(150);
  },
  3_600_000,
);
