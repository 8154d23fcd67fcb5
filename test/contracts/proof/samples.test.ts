import { expect, test } from "@jest/globals";
import type { MachineState } from "../../../src/proof/state/types.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { type EestCase, eestCases, eestStep, isOver } from "../../helpers/eestState.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  visitCodes,
  visitPrecompiles,
  visitPrograms,
  visitTransactions,
} from "../../helpers/stepCorpus.js";
import { visitWorlds } from "../../helpers/stepWorlds.js";
import {
  isHalted,
  kindOf,
  MODE_NAMES,
  VerifierSteps,
  type Visited,
  walk,
} from "../../helpers/verifierSteps.js";

/** Steps to replay at least. */
const STEPS = Number(process.env.FOVEA_STEPS ?? 1_000);
/** A folder of state tests of execution-spec-tests; without one, random programs, transactions and whole blocks run. */
const DIR = process.env.FOVEA_EEST_STATE;
const FORK = process.env.FOVEA_EEST_FORK ?? "Osaka";
const SEED = Number(process.env.FOVEA_FUZZ_SEED ?? 1);
/** Steps of one kind that are taken at once, and then ever more seldom. */
const PER_KIND = Number(process.env.FOVEA_STEPS_PER_KIND ?? (DIR === undefined ? 2 : 12));
const BLOB_TYPE = 3;
/** Random programs of a pass. */
const PROGRAMS = 60;
const MOST_PASSES = 200;

/** Takes steps by what they are: mode, opcode and way on. A kind that is met often is taken with the share that is left to it. */
class Sampler {
  readonly taken = new Map<number, number>();
  readonly mismatches: string[] = [];
  steps = 0;
  readonly #verifier: VerifierSteps;
  readonly #met = new Map<string, number>();
  readonly #rng = new Rng(SEED);

  constructor(verifier: VerifierSteps) {
    this.#verifier = verifier;
  }

  get kinds(): number {
    return this.#met.size;
  }

  get isDone(): boolean {
    return this.steps >= STEPS;
  }

  readonly visit = async (visited: Visited): Promise<void> => {
    const { step, next } = visited;
    const kind = `${kindOf(step.s)} -> ${wayOf(next)}`;
    const met = (this.#met.get(kind) ?? 0) + 1;
    this.#met.set(kind, met);
    // The first of each kind, and of the others so many that all that come give PER_KIND times a logarithm.
    if (met > PER_KIND && (this.isDone || this.#rng.below(met) >= PER_KIND)) return;
    const { mode } = step.s.ctl;
    this.taken.set(mode, (this.taken.get(mode) ?? 0) + 1);
    this.steps++;
    await this.#verifier.check(visited).catch((error: Error) => {
      this.mismatches.push(error.message);
    });
    if (this.steps % 1_000 === 0) {
      process.stdout.write(`  ${this.steps} steps, ${this.mismatches.length} mismatches\n`);
    }
  };
}

function wayOf(next: MachineState): string {
  return `${MODE_NAMES.get(next.ctl.mode)}${isHalted(next) ? ", halted" : ""}`;
}

/** Cases in an order that mixes what stands together, so that an early end leaves out no kind of test. */
function stateTests(dir: string): EestCase[] {
  const all = [...eestCases(dir, FORK)].filter(({ raw }) => raw[0] !== BLOB_TYPE);
  const place = new Map(all.map(({ name }) => [name, keccakHex(Buffer.from(`${SEED} ${name}`))]));
  const order = ({ name }: EestCase): string => place.get(name) ?? "";
  return all.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** By L2's rules: both sides must agree on results that the fixtures do not expect, too. */
async function visitStateTests(cases: readonly EestCase[], sampler: Sampler): Promise<void> {
  for (const testCase of cases) {
    if (sampler.isDone) return;
    const step = { ...eestStep(testCase), isPlain: false };
    await walk(testCase.name, step, sampler.visit, isOver, 200_000);
  }
}

test(`${STEPS} steps by mode, opcode and outcome end in the contracts as in the machine`, async () => {
  const verifier = await VerifierSteps.create();
  const sampler = new Sampler(verifier);
  const cases = DIR === undefined ? [] : stateTests(DIR);
  for (let pass = 0; pass < MOST_PASSES && !sampler.isDone; pass++) {
    if (DIR !== undefined) {
      await visitStateTests(cases, sampler);
      continue;
    }
    await visitPrograms(SEED * 1_000_000 + pass * PROGRAMS, PROGRAMS, sampler.visit);
    if (pass > 0) continue;
    await visitCodes(sampler.visit);
    await visitPrecompiles(sampler.visit);
    await visitTransactions(sampler.visit);
    await visitWorlds(verifier, sampler.visit);
  }
  const modes = [...sampler.taken].sort(([a], [b]) => a - b);
  const lines = modes.map(
    ([mode, count]) => `  ${String(MODE_NAMES.get(mode)).padEnd(10)} ${count}`,
  );
  const { steps, kinds, mismatches } = sampler;
  const source = DIR === undefined ? "random programs and whole blocks" : "state tests";
  lines.unshift(
    `${steps} steps of ${kinds} kinds and ${modes.length} modes, of ${source}, replayed on chain: ${mismatches.length} mismatches`,
  );
  process.stdout.write(`${[...lines, ...mismatches.slice(0, 40)].join("\n")}\n`);
  expect(mismatches).toEqual([]);
  expect(steps).toBeGreaterThanOrEqual(STEPS);
}, 14_400_000);
