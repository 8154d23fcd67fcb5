import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepCompress } from "../../../src/contracts/generated/StepCompress.js";
import { StepPrecompile } from "../../../src/contracts/generated/StepPrecompile.js";
import { maxPrecompileInput } from "../../../src/proof/compute/precompileGas.js";
import { runStep } from "../../../src/proof/machine.js";
import type { MachineState } from "../../../src/proof/state/types.js";
import { eestCases, eestStep, isOver } from "../../helpers/eestState.js";
import { type CheckedStep, gasLine, StepEquivalence } from "../../helpers/stepEquivalence.js";

/** A folder of state tests of execution-spec-tests; without one there is nothing to run. */
const DIR = process.env.FOVEA_EEST_STATE;
const FORK = process.env.FOVEA_EEST_FORK ?? "Osaka";
const ONLY = process.env.FOVEA_EEST_ONLY ?? "";
/** Steps of each precompile and mode that are checked in a contract. */
const PER_KIND = Number(process.env.FOVEA_EQUIVALENCE_STEPS ?? 24);
const BLOB_TYPE = 3;
const MOST_STEPS = 30_000;

let contracts: StepEquivalence;
beforeAll(async () => {
  contracts = await StepEquivalence.create({ precompile: StepPrecompile, compress: StepCompress });
});

/** Mode and precompile. Undefined: an input over the bounds, which L1's rules of these tests do not have. */
function kindOf({ ctl, frame }: MachineState): string | undefined {
  const address = Number(frame?.newAddr);
  const isBounded = (frame?.inputLen ?? 0) <= maxPrecompileInput(address, true);
  return isBounded ? `precompile 0x${address.toString(16)}, mode ${ctl.mode}` : undefined;
}

(DIR === undefined ? describe.skip : describe)("state tests", () => {
  test("steps of precompiles end as in the machine", async () => {
    const checked = new Map<string, CheckedStep[]>();
    for (const one of eestCases(DIR as string, FORK)) {
      if (!one.name.includes(ONLY) || one.raw[0] === BLOB_TYPE) continue;
      const step = eestStep(one);
      for (let count = 0; !isOver(step.s) && count < MOST_STEPS; count++) {
        const kind = contracts.knows(step.s) ? kindOf(step.s) : undefined;
        if (kind !== undefined) {
          const steps = checked.get(kind) ?? [];
          checked.set(kind, steps);
          if (steps.length < PER_KIND) {
            const result = await contracts.check(step).catch((error: Error) => {
              throw new Error(`${one.name}, ${kind}: ${error.message}`);
            });
            steps.push(result);
          }
        }
        runStep(step);
      }
    }
    for (const [kind, steps] of [...checked].sort()) process.stdout.write(gasLine(kind, steps));
    expect(checked.size).toBeGreaterThan(0);
  }, 3_600_000);
});
