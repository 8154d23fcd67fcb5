import { expect, test } from "@jest/globals";
import { Machine } from "../../../src/proof/machine.js";
import { makeState } from "../../../src/proof/state/defaults.js";
import { rootOf } from "../../../src/proof/state/merkle.js";
import { LIMIT, MODE } from "../../../src/proof/table.js";
import { hasCode } from "../../../src/util/errors.js";
import { messageStep, runMachine } from "../../helpers/proofEvm.js";
import { randomProgram } from "../../helpers/randomProgram.js";

const SLOT = BigInt(LIMIT.slotSteps);

function messageMachine(seed: number): Machine {
  const { alloc, message } = randomProgram(seed);
  const { s, inputs } = messageStep(alloc, message);
  return new Machine({ state: s, inputs, entryBound: 0n, t: 1n });
}

const isSettled = ({ state }: Machine) => state.ctl.mode === MODE.settle;

test("steps one by one, up to a state, and with witnesses come to the same root", () => {
  for (const seed of [1, 2, 3]) {
    const { alloc, message } = randomProgram(seed);
    const { steps } = runMachine(messageStep(alloc, message));
    const whole = messageMachine(seed);
    expect(whole.runTo(isSettled)).toBe(steps);
    expect([whole.steps, whole.t]).toEqual([steps, BigInt(steps) + 1n]);
    const single = messageMachine(seed);
    for (let n = 0; n < steps; n++) single.step();
    expect(single.root()).toEqual(whole.root());
    const half = messageMachine(seed);
    expect(half.runTo(Math.floor(steps / 2))).toBe(Math.floor(steps / 2));
    const root = half.root();
    const proof = half.witness();
    expect(proof.pre).toEqual(root);
    expect(half.root()).toEqual(root);
    half.step();
    expect(half.root()).toEqual(proof.post);
    half.runTo(isSettled);
    expect(half.root()).toEqual(whole.root());
  }
});

test("a limit ends a run whose state never comes", () => {
  const machine = messageMachine(1);
  expect(machine.runTo(() => false, 5)).toBe(5);
  expect(machine.steps).toBe(5);
});

test("a boundary without input stutters, and its slot can be passed over", () => {
  const { inputs } = anyMessage();
  const machine = new Machine({ state: makeState(7n), inputs, entryBound: 0n });
  const root = machine.root();
  expect(machine.isAtBoundary).toBe(true);
  machine.runTo(3);
  expect([machine.root(), machine.t]).toEqual([root, 3n]);
  machine.skipToSlot();
  expect([machine.t, machine.steps]).toEqual([SLOT, 3]);
  machine.skipToSlot();
  expect(machine.t).toBe(SLOT);
  const proof = machine.witness();
  expect(proof.post).toEqual(proof.pre);
});

test("a state in a mode that does not exist cannot go on", () => {
  const { inputs } = anyMessage();
  const state = makeState(7n);
  state.ctl.mode = 0xff;
  const before = rootOf(state);
  const machine = new Machine({ state, inputs, entryBound: 0n });
  let thrown: unknown;
  try {
    machine.step();
  } catch (error) {
    thrown = error;
  }
  expect(hasCode(thrown, "PROOF_NO_MODE")).toBe(true);
  expect([machine.t, machine.root()]).toEqual([0n, before]);
});

function anyMessage() {
  const { alloc, message } = randomProgram(1);
  return messageStep(alloc, message);
}
