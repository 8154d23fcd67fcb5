import { describe, expect, test } from "@jest/globals";
import { MODES } from "../../../src/proof/modes/index.js";
import { MODE } from "../../../src/proof/table.js";
import { type EestCase, eestCases, eestResult, eestStep, isOver } from "../../helpers/eestState.js";

/** A folder of state tests of execution-spec-tests; without one there is nothing to run. */
const DIR = process.env.FOVEA_EEST_STATE;
const FORK = process.env.FOVEA_EEST_FORK ?? "Osaka";
const ONLY = process.env.FOVEA_EEST_ONLY ?? "";
const BLOB_TYPE = 3;

const NAMES = Object.fromEntries(Object.entries(MODE).map(([name, mode]) => [mode, name]));

function run(testCase: EestCase, steps: Map<number, number>): string | undefined {
  const step = eestStep(testCase);
  try {
    while (!isOver(step.s)) {
      const { mode } = step.s.ctl;
      steps.set(mode, (steps.get(mode) ?? 0) + 1);
      const execute = MODES[mode];
      if (execute === undefined) return `mode ${mode} is unknown`;
      execute(step);
    }
  } catch (error) {
    return `throws ${error instanceof Error ? error.stack : String(error)}`;
  }
  const { root, logsHash } = eestResult(step.s);
  if (root !== testCase.expected.root) return `root ${root}, expected ${testCase.expected.root}`;
  return logsHash === testCase.expected.logsHash ? undefined : "logs differ";
}

(DIR === undefined ? describe.skip : describe)("state tests of execution-spec-tests", () => {
  test(`the steps end in the state that the tests of ${FORK} expect`, () => {
    const steps = new Map<number, number>();
    const failures: string[] = [];
    let total = 0;
    let blobs = 0;
    for (const testCase of eestCases(DIR as string, FORK)) {
      if (!testCase.name.includes(ONLY)) continue;
      if (testCase.raw[0] === BLOB_TYPE) {
        blobs++;
        continue;
      }
      total++;
      const problem = run(testCase, steps);
      if (problem !== undefined) failures.push(`${testCase.name}: ${problem}`);
    }
    const perMode = [...steps].sort((a, b) => b[1] - a[1]);
    const lines = [
      `${total - failures.length} of ${total} pass; ${blobs} blob transactions, which L2 does not have, are left out`,
      ...perMode.map(([mode, count]) => `${String(NAMES[mode]).padEnd(10)} ${count}`),
      ...failures.slice(0, 60),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    expect(failures).toHaveLength(0);
  }, 3_600_000);
});
