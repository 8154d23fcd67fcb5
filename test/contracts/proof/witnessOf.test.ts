import { expect, test } from "@jest/globals";
import { ProofLibHarness } from "../../../src/contracts/generated/ProofLibHarness.js";
import { runStep } from "../../../src/proof/machine.js";
import { StateTree } from "../../../src/proof/state/merkle.js";
import type { MachineState } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import { bothSides } from "../../../src/proof/witness/buildWitness.js";
import { witnessOf } from "../../../src/proof/witness/witnessOf.js";
import { toHex } from "../../../src/util/hex.js";
import { messageStep } from "../../helpers/proofEvm.js";
import { randomProgram } from "../../helpers/randomProgram.js";
import { SolidityVm } from "../../helpers/solidityVm.js";

const GAS = 30_000_000n;
const PROGRAMS = 3;
const MOST_STEPS = 60;

test("the contracts' pass over the machine's witnesses gives both of the machine's roots, and shows its words", async () => {
  const harness = await (await SolidityVm.create()).deploy(ProofLibHarness);
  let ranges = 0;
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const step = messageStep(alloc, message);
    let state: MachineState = step.s;
    for (let n = 0; n < MOST_STEPS && state.ctl.mode !== MODE.settle; n++) {
      const proof = witnessOf(state, (s, rec) => runStep({ ...step, s, rec }));
      const sides = bothSides(new StateTree(state), new StateTree(proof.next), proof.access);
      const writes = sides.items.map(({ g, post }) => ({ g: BigInt(g), value: toHex(post) }));
      const nodes = [...sides.replaced].map(([g, node]) => ({ g: BigInt(g), value: toHex(node) }));
      const packed = toHex(proof.packed);
      const folded = await harness.call("fold", [packed, toHex(proof.pre), writes, nodes], GAS);
      expect({ seed, n, ...folded }).toMatchObject({ seed, n, ok: true });
      if (folded.ok) expect(folded.values[0]).toBe(toHex(proof.post));
      for (const { g, log2, words } of proof.witness.ranges) {
        const shown = await harness.call("words", [packed, BigInt(g), BigInt(log2)], GAS);
        expect({ g, count: words.length, ...shown }).toMatchObject({ ok: true });
        ranges++;
      }
      state = proof.next;
    }
  }
  expect(ranges).toBeGreaterThan(0);
});
