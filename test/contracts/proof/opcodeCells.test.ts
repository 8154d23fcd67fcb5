import { expect, test } from "@jest/globals";
import { runStep } from "../../../src/proof/machine.js";
import { cloneState } from "../../../src/proof/state/cloneState.js";
import type { MachineState, Step, Word } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import type { OpFrame } from "../../helpers/opStates.js";
import { Rng } from "../../helpers/randomProgram.js";
import { allocAccount } from "../../helpers/txSteps.js";
import { contextOf, isHalted, VerifierSteps } from "../../helpers/verifierSteps.js";
import { SELF, worldStep } from "../../helpers/worldStates.js";

/** Words taken and given by opcode, as the EVM's definition has them (Osaka). Shapes: first, last, taken, given. */
const SHAPES: readonly (readonly [first: number, last: number, taken: number, given: number])[] = [
  [0x00, 0x00, 0, 0],
  [0x01, 0x07, 2, 1],
  [0x08, 0x09, 3, 1],
  [0x0a, 0x0b, 2, 1],
  [0x10, 0x14, 2, 1],
  [0x15, 0x15, 1, 1],
  [0x16, 0x18, 2, 1],
  [0x19, 0x19, 1, 1],
  [0x1a, 0x1d, 2, 1],
  [0x1e, 0x1e, 1, 1],
  [0x20, 0x20, 2, 1],
  [0x30, 0x30, 0, 1],
  [0x31, 0x31, 1, 1],
  [0x32, 0x34, 0, 1],
  [0x35, 0x35, 1, 1],
  [0x36, 0x36, 0, 1],
  [0x37, 0x37, 3, 0],
  [0x38, 0x38, 0, 1],
  [0x39, 0x39, 3, 0],
  [0x3a, 0x3a, 0, 1],
  [0x3b, 0x3b, 1, 1],
  [0x3c, 0x3c, 4, 0],
  [0x3d, 0x3d, 0, 1],
  [0x3e, 0x3e, 3, 0],
  [0x3f, 0x40, 1, 1],
  [0x41, 0x48, 0, 1],
  [0x49, 0x49, 1, 1],
  [0x4a, 0x4a, 0, 1],
  [0x50, 0x50, 1, 0],
  [0x51, 0x51, 1, 1],
  [0x52, 0x53, 2, 0],
  [0x54, 0x54, 1, 1],
  [0x55, 0x55, 2, 0],
  [0x56, 0x56, 1, 0],
  [0x57, 0x57, 2, 0],
  [0x58, 0x5a, 0, 1],
  [0x5b, 0x5b, 0, 0],
  [0x5c, 0x5c, 1, 1],
  [0x5d, 0x5d, 2, 0],
  [0x5e, 0x5e, 3, 0],
  [0x5f, 0x7f, 0, 1],
  ...Array.from({ length: 16 }, (_, i) => [0x80 + i, 0x80 + i, i + 1, i + 2] as const),
  ...Array.from({ length: 16 }, (_, i) => [0x90 + i, 0x90 + i, i + 2, i + 2] as const),
  ...Array.from({ length: 5 }, (_, i) => [0xa0 + i, 0xa0 + i, i + 2, 0] as const),
  [0xf0, 0xf0, 3, 1],
  [0xf1, 0xf2, 7, 1],
  [0xf3, 0xf3, 2, 0],
  [0xf4, 0xf4, 6, 1],
  [0xf5, 0xf5, 4, 1],
  [0xfa, 0xfa, 6, 1],
  [0xfd, 0xfd, 2, 0],
  [0xff, 0xff, 1, 0],
];
/** Opcodes that a static call forbids; CALL only with value. */
const WRITING = new Set([0x55, 0x5d, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xf0, 0xf1, 0xf5, 0xff]);
const STOP = 0x00;
const OTHER = 0xabcdefn;
const LANDING = 40n;
const MUCH_GAS = 10_000_000;

interface Opcode {
  readonly opcode: number;
  readonly taken: number;
  readonly given: number;
}
type Outcome = "success" | "outOfGas" | "underflow" | "overflow" | "static" | "undefined";

const OPCODES: readonly Opcode[] = SHAPES.flatMap(([first, last, taken, given]) =>
  Array.from({ length: last - first + 1 }, (_, i) => ({ opcode: first + i, taken, given })),
);
const UNDEFINED = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
  (opcode) => !OPCODES.some((one) => one.opcode === opcode),
);

/** Outcomes that an opcode can have. */
function applicable({ opcode, taken, given }: Opcode): Outcome[] {
  const cells: Outcome[] = ["success"];
  if (opcode !== STOP) cells.push("outOfGas");
  if (taken > 0) cells.push("underflow");
  if (given > taken) cells.push("overflow");
  if (WRITING.has(opcode)) cells.push("static");
  return cells;
}

const rng = new Rng(11);

/** Operands, the top one last, with which an opcode succeeds, touches memory and warms what is cold. */
function operands({ opcode, taken }: Opcode): Word[] {
  const top = (...words: Word[]): Word[] => words.reverse();
  if (opcode === 0x3e) return top(1_000n, 3n, 60n);
  if (opcode === 0x37 || opcode === 0x39 || opcode === 0x5e) return top(1_000n, 3n, 60n);
  if (opcode === 0x3c) return top(SELF, 1_000n, 3n, 60n);
  if (opcode === 0x20 || opcode === 0xf3 || opcode === 0xfd) return top(1_000n, 60n);
  if (opcode >= 0xa0 && opcode <= 0xa4) {
    return top(1_000n, 60n, ...Array.from({ length: taken - 2 }, (_, i) => BigInt(i) << 200n));
  }
  if (opcode === 0x31 || opcode === 0x3b || opcode === 0x3f || opcode === 0xff) return [OTHER];
  if (opcode === 0x54 || opcode === 0x5c) return [1n];
  if (opcode === 0x55 || opcode === 0x5d) return top(1n, 9n);
  if (opcode === 0x56) return [LANDING];
  if (opcode === 0x57) return top(LANDING, 1n);
  if (opcode === 0x51) return [1_000n];
  if (opcode === 0x52 || opcode === 0x53) return top(1_000n, 7n);
  if (opcode === 0xf0) return top(2n, 1_000n, 60n);
  if (opcode === 0xf5) return top(2n, 1_000n, 60n, 5n);
  if (opcode === 0xf1 || opcode === 0xf2) {
    return top(9_000n, OTHER, 1n, 0n, 40n, 1_000n, 30n);
  }
  if (opcode === 0xf4 || opcode === 0xfa) return top(9_000n, OTHER, 0n, 40n, 1_000n, 30n);
  return Array.from({ length: taken }, (_, i) => BigInt(5 + 3 * i));
}

/** A frame in front of an opcode, in a world in which there is something to find. */
function stepAt(opcode: number, frame: Partial<OpFrame>): Step {
  const code = new Uint8Array(80).fill(0x5b);
  code[0] = opcode;
  const storage = new Map([[1n, 77n]]);
  const alloc = new Map([
    [SELF, allocAccount(50n, { nonce: 1n, code, storage })],
    [OTHER, allocAccount(7n, { nonce: 1n, code: Uint8Array.of(0x5b, 0x00) })],
    [3n ** 90n, allocAccount(1n)],
  ]);
  const given = { alloc, warm: [SELF] };
  return worldStep(rng, { code, gas: MUCH_GAS, ...frame }, given);
}

function after(step: Step): MachineState {
  const s = cloneState(step.s);
  runStep({ ...step, s });
  return s;
}

/** Why a step ended as it did, from the state before it; what only the lack of gas explains, more gas heals. */
function outcomeOf(step: Step, next: MachineState, shape: Opcode | undefined): Outcome | "other" {
  if (!isHalted(next)) return "success";
  if (shape === undefined) return "undefined";
  const { frame } = step.s;
  const sp = frame?.stack.length ?? 0;
  if (sp < shape.taken) return "underflow";
  if (sp - shape.taken + shape.given > 1_024) return "overflow";
  const s = cloneState(step.s);
  if (s.frame !== undefined) s.frame.gas = MUCH_GAS;
  if (!isHalted(after({ ...step, s }))) return "outOfGas";
  if (s.frame !== undefined) s.frame.isStatic = false;
  return frame?.isStatic && !isHalted(after({ ...step, s })) ? "static" : "other";
}

/** The least gas with which an opcode does not halt. */
function leastGas(opcode: number, stack: readonly Word[]): number {
  let [low, high] = [0, MUCH_GAS];
  while (low < high) {
    const gas = Math.floor((low + high) / 2);
    if (isHalted(after(stepAt(opcode, { stack, gas })))) low = gas + 1;
    else high = gas;
  }
  return low;
}

test("every opcode ends on chain as in the machine: by success and by each failure that it can have", async () => {
  const verifier = await VerifierSteps.create();
  const proven = new Set<string>();
  const cell = (opcode: number, outcome: string) => `0x${opcode.toString(16)} ${outcome}`;
  const prove = async (opcode: number, shape: Opcode | undefined, frame: Partial<OpFrame>) => {
    const step = stepAt(opcode, frame);
    expect(step.s.ctl.mode).toBe(MODE.op);
    const name = cell(
      opcode,
      JSON.stringify(frame, (_, v) => (typeof v === "bigint" ? `${v}` : v)),
    );
    const { next } = await verifier.check({ name, step, context: contextOf(step) });
    proven.add(cell(opcode, outcomeOf(step, next, shape)));
  };
  for (const shape of OPCODES) {
    const { opcode, taken, given } = shape;
    const stack = operands(shape);
    expect(stack).toHaveLength(taken);
    const more = (count: number): Word[] => [...new Array<Word>(count).fill(1n), ...stack];
    await prove(opcode, shape, { stack: more(2) });
    const gas = leastGas(opcode, stack);
    await prove(opcode, shape, { stack, gas });
    if (gas > 0) await prove(opcode, shape, { stack, gas: gas - 1 });
    if (taken > 0) await prove(opcode, shape, { stack: stack.slice(1) });
    const full = given > taken ? 1_024 - taken : 1_024 - Math.max(taken, given);
    await prove(opcode, shape, { stack: more(full) });
    await prove(opcode, shape, { stack, isStatic: true });
  }
  for (const opcode of UNDEFINED) await prove(opcode, undefined, { stack: [1n, 2n] });
  const cells = [
    ...OPCODES.flatMap((shape) => applicable(shape).map((name) => cell(shape.opcode, name))),
    ...UNDEFINED.map((opcode) => cell(opcode, "undefined")),
  ];
  const missing = cells.filter((name) => !proven.has(name));
  const names = ["success", "outOfGas", "underflow", "overflow", "static", "undefined"];
  const lines = names.map((name) => {
    const own = cells.filter((one) => one.endsWith(` ${name}`));
    return `  ${name}: ${own.filter((one) => proven.has(one)).length} of ${own.length}`;
  });
  const count = `${cells.length - missing.length} of ${cells.length} applicable cells`;
  const rest = missing.length > 0 ? [`missing: ${missing.join(", ")}`] : [];
  process.stdout.write(`${[count, ...lines, ...rest].join("\n")}\n`);
  expect(missing).toEqual([]);
  expect([...proven].filter((name) => !cells.includes(name))).toEqual([]);
}, 600_000);
