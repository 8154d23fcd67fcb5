import { describe, expect, test } from "@jest/globals";
import { StepTx } from "../../../src/contracts/generated/StepTx.js";
import { StepTxEnd } from "../../../src/contracts/generated/StepTxEnd.js";
import { runStep } from "../../../src/proof/machine.js";
import { MODE } from "../../../src/proof/table.js";
import { eestCases, eestStep, isOver } from "../../helpers/eestState.js";
import { StepEquivalence } from "../../helpers/stepEquivalence.js";

/** A folder of state tests of execution-spec-tests; without one there is nothing to run. */
const DIR = process.env.FOVEA_EEST_STATE;
const FORK = process.env.FOVEA_EEST_FORK ?? "Osaka";
const ONLY = process.env.FOVEA_EEST_ONLY ?? "";
/** Takes one case in so many. */
const EVERY = Number(process.env.FOVEA_EEST_EVERY ?? 1);
const MOST_STEPS = 200_000;

const NAMES = new Map<number, string>(Object.entries(MODE).map(([name, mode]) => [mode, name]));

(DIR === undefined ? describe.skip : describe)("state tests of execution-spec-tests", () => {
  test("the steps of a transaction outside of its code end in the machine's roots", async () => {
    const families = await StepEquivalence.create({ tx: StepTx, txEnd: StepTxEnd });
    const steps = new Map<number, number>();
    const failures: string[] = [];
    let index = 0;
    let total = 0;
    for (const testCase of eestCases(DIR as string, FORK)) {
      if (!testCase.name.includes(ONLY) || index++ % EVERY !== 0) continue;
      total++;
      // By L2's rules: the result is not the one that the fixture expects, but both must agree on it.
      const step = { ...eestStep(testCase), isPlain: false };
      try {
        for (let ran = 0; !isOver(step.s) && ran < MOST_STEPS; ran++) {
          const { mode } = step.s.ctl;
          if (!families.knows(step.s)) {
            runStep(step);
            continue;
          }
          step.s = (await families.check(step)).proof.next;
          steps.set(mode, (steps.get(mode) ?? 0) + 1);
        }
      } catch (error) {
        failures.push(`${testCase.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    const lines = [
      `${total - failures.length} of ${total} agree`,
      ...[...steps].map(([mode, count]) => `${String(NAMES.get(mode)).padEnd(10)} ${count}`),
      ...failures.slice(0, 40),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    expect(failures).toHaveLength(0);
  }, 3_600_000);
});
