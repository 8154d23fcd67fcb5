import { expect, test } from "@jest/globals";
import { messageStep, runMachine } from "../../helpers/proofEvm.js";
import { randomProgram } from "../../helpers/randomProgram.js";
import { runReference } from "../../helpers/referenceEvm.js";

/** More with FOVEA_FUZZ_RUNS; FOVEA_FUZZ_SEED replays from one on. */
const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 1_000);
const FIRST = Number(process.env.FOVEA_FUZZ_SEED ?? 1);

test(`${RUNS} random programs end as in @ethereumjs/evm`, async () => {
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const reference = await runReference(alloc, message);
    const { steps, modes, ...mine } = runMachine(messageStep(alloc, message));
    expect({ seed, ...mine }).toEqual({ ...reference, seed, steps: undefined, modes: undefined });
  }
}, 3_600_000);
