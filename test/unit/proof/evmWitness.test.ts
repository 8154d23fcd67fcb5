import { expect, test } from "@jest/globals";
import { runStep } from "../../../src/proof/machine.js";
import { cloneState } from "../../../src/proof/state/cloneState.js";
import { rootOf } from "../../../src/proof/state/merkle.js";
import type { MachineState, Rev, Step } from "../../../src/proof/state/types.js";
import { World } from "../../../src/proof/state/world.js";
import { MODE } from "../../../src/proof/table.js";
import { NodeSet } from "../../../src/proof/trie/nodeSet.js";
import { Trie } from "../../../src/proof/trie/trie.js";
import { type StepProof, witnessOf } from "../../../src/proof/witness/witnessOf.js";
import type { Hash } from "../../../src/util/hex.js";
import { messageStep } from "../../helpers/proofEvm.js";
import { Rng, randomProgram } from "../../helpers/randomProgram.js";

/** Programs; more with FOVEA_FUZZ_RUNS. */
const RUNS = Math.max(1, Math.floor(Number(process.env.FOVEA_FUZZ_RUNS ?? 1_000) / 25));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Nodes of a witness as a source that knows which of them were asked for. */
class ShownNodes {
  readonly #set: NodeSet;
  readonly asked = new Set<Hash>();

  constructor(nodes: readonly Uint8Array[]) {
    this.#set = new NodeSet(nodes);
  }
  node(hash: Hash): Uint8Array {
    this.asked.add(hash);
    return this.#set.node(hash);
  }
  get size(): number {
    return this.#set.size;
  }
}

/** The same state, whose tries are known by their roots and the witness's nodes alone. */
function fromWitness(s: MachineState, nodes: ShownNodes): MachineState {
  const open = (trie: Trie): Trie => Trie.open(trie.root(), nodes);
  const { rev } = s;
  const shown: Rev = {
    ...rev,
    state: rev.state && World.open(rev.state.root(), nodes),
    warmAddr: open(rev.warmAddr),
    warmSlot: open(rev.warmSlot),
    transient: open(rev.transient),
    created: open(rev.created),
  };
  return { ...cloneState(s), rev: shown };
}

/** Runs the step again with nothing but what its witness shows of the tries. */
function replay(step: Step, proof: StepProof): void {
  const nodes = new ShownNodes(proof.access.nodes);
  const s = fromWitness(step.s, nodes);
  runStep({ ...step, s });
  expect(hex(rootOf(s))).toBe(hex(proof.post));
  // Code of an account is found before its price is known to be paid, but nodes are never shown in vain.
  expect({ mode: step.s.ctl.mode, asked: nodes.asked.size }).toEqual({
    mode: step.s.ctl.mode,
    asked: nodes.size,
  });
}

test(`steps of ${RUNS} random programs tell all that they read and write`, () => {
  const rng = new Rng(7);
  for (let seed = 1; seed <= RUNS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const step = messageStep(alloc, message);
    for (let count = 0; step.s.ctl.mode !== MODE.settle && count < 3_000; count++) {
      // Plain opcodes are many: some are enough.
      if (step.s.ctl.mode === MODE.op && !rng.chance(10)) {
        runStep(step);
        continue;
      }
      const proof = witnessOf(step.s, (s, rec) => runStep({ ...step, s, rec }));
      expect(hex(proof.pre)).toBe(hex(rootOf(step.s)));
      expect({ seed, count, root: hex(proof.post) }).toEqual({
        seed,
        count,
        root: hex(rootOf(proof.next)),
      });
      replay(step, proof);
      step.s = proof.next;
    }
  }
}, 3_600_000);
