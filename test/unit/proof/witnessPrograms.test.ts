import { expect, test } from "@jest/globals";
import { runStep } from "../../../src/proof/machine.js";
import { rootOf } from "../../../src/proof/state/merkle.js";
import type { MachineState } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import { verifyFrontier } from "../../../src/proof/witness/frontier.js";
import { unpackWitness } from "../../../src/proof/witness/unpackWitness.js";
import { witnessOf } from "../../../src/proof/witness/witnessOf.js";
import { messageStep, runMachine } from "../../helpers/proofEvm.js";
import { randomProgram } from "../../helpers/randomProgram.js";

/** More with FOVEA_FUZZ_RUNS; FOVEA_FUZZ_SEED replays from one on. */
const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 6);
const FIRST = Number(process.env.FOVEA_FUZZ_SEED ?? 1);
/** Steps of one program that are proven; the others only run. */
const MOST_STEPS = 250;

test(`steps of ${RUNS} random programs tell all that they change, and each root is the next one's first`, () => {
  const modes = new Set<number>();
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const step = messageStep(alloc, message);
    let state: MachineState = step.s;
    let root = rootOf(state);
    let steps = 0;
    for (; state.ctl.mode !== MODE.settle && steps < MOST_STEPS; steps++) {
      const { mode } = state.ctl;
      const proof = witnessOf(state, (s, rec) => runStep({ ...step, s, rec }));
      modes.add(mode);
      expect({ seed, steps, mode, pre: proof.pre }).toEqual({ seed, steps, mode, pre: root });
      const opened = unpackWitness(proof.packed);
      expect(opened.pre).toEqual(root);
      state = proof.next;
      root = proof.post;
      if (steps % 16 === 0) expect(rootOf(state)).toEqual(root);
    }
    expect(rootOf(state)).toEqual(root);
    // The states on the way were copies of each other; in one piece the program ends the same.
    if (state.ctl.mode === MODE.settle) {
      const alone = messageStep(alloc, message);
      expect(runMachine(alone).steps).toBe(steps);
    }
  }
  expect(modes.size).toBeGreaterThan(4);
});

test("a tiling of one item is a root", () => {
  const node = { g: 1, pre: Uint8Array.of(1), post: Uint8Array.of(2) };
  expect(verifyFrontier([node])).toEqual({ pre: node.pre, post: node.post });
});
