import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepCallOp } from "../../../src/contracts/generated/StepCallOp.js";
import type { Step, Word } from "../../../src/proof/state/types.js";
import { warmAddress } from "../../../src/proof/state/warm.js";
import {
  CALL_GAS_WORD,
  COPY_WORD,
  HASH_WORD,
  OUTCOME_WORD,
} from "../../../src/proof/state/words.js";
import { C, KIND, MODE, R } from "../../../src/proof/table.js";
import { type OpFrame, opStep } from "../../helpers/opStates.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  familyOf,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";

const MAX = 2n ** 256n - 1n;
const END = 2n ** 27n;
const WARM = 0xa11ce0000n;
const COLD = 0xc01d0000n;
/** Offsets and lengths at the edges of words, pages, windows and memory. */
const OFFSETS: readonly Word[] = [0n, 1n, 31n, 32n, 4_095n, 32_768n, 60_001n, END - 1n, END, MAX];
const LENGTHS: readonly Word[] = [0n, 1n, 32n, 33n, 4_096n, 49_152n, 49_153n, END, END + 1n, MAX];

/** Name, opcode, and the operands of a success, the top one last. */
type Row = readonly [name: string, opcode: number, stack: readonly Word[], isWriting: boolean];

const call = (kind: number, value: Word | undefined, target: Word): readonly Word[] => {
  const windows = [70n, 3n, 100n, 2n];
  return kind === KIND.call || kind === KIND.callcode
    ? [...windows, value ?? 0n, target, 50_000n]
    : [...windows, target, 50_000n];
};
const ROWS: readonly Row[] = [
  ["KECCAK256", 0x20, [64n, 10n], false],
  ["CALLDATACOPY", 0x37, [50n, 3n, 5_000n], false],
  ["CODECOPY", 0x39, [50n, 3n, 5_000n], false],
  ["RETURNDATACOPY", 0x3e, [50n, 3n, 5_000n], false],
  ["MCOPY up", 0x5e, [50n, 3n, 5_000n], false],
  ["MCOPY down", 0x5e, [50n, 5_000n, 3n], false],
  ...[0, 1, 2, 3, 4].map(
    (n): Row => [`LOG${n}`, 0xa0 + n, [...[4n, 3n, 2n, 1n].slice(4 - n), 40n, 4_090n], true],
  ),
  ["CREATE", 0xf0, [100n, 7n, 5n], true],
  ["CREATE2", 0xf5, [9n, 100n, 7n, 5n], true],
  ["CALL, warm", 0xf1, call(KIND.call, 0n, WARM), false],
  ["CALL, cold", 0xf1, call(KIND.call, 0n, COLD), false],
  ["CALL with value", 0xf1, call(KIND.call, 6n, COLD), true],
  ["CALL of a precompile", 0xf1, call(KIND.call, 0n, 0x11n), false],
  ["CALL of the last precompile", 0xf1, call(KIND.call, 0n, 0x100n), false],
  ["CALL of nearly a precompile", 0xf1, call(KIND.call, 0n, 0x12n), false],
  ["CALL of address 0", 0xf1, call(KIND.call, 0n, 0n), false],
  ["CALLCODE", 0xf2, call(KIND.callcode, 0n, COLD), false],
  ["CALLCODE with value", 0xf2, call(KIND.callcode, 6n, COLD), false],
  ["DELEGATECALL", 0xf4, call(KIND.delegatecall, undefined, COLD), false],
  ["STATICCALL", 0xfa, call(KIND.staticcall, undefined, (5n << 160n) + WARM), false],
  ["RETURN", 0xf3, [40n, 5_000n], false],
  ["RETURN of nothing", 0xf3, [0n, MAX], false],
  ["REVERT", 0xfd, [40n, 5_000n], false],
];

let solidity: StepEquivalence;
let rng: Rng;
const seen: CheckedStep[] = [];

beforeAll(async () => {
  solidity = await StepEquivalence.create({ callOp: StepCallOp });
  rng = new Rng(11);
});

function stepOf(given: Omit<OpFrame, "code"> & { opcode: number }): Step {
  const { opcode, ...rest } = given;
  const step = opStep(rng, { code: Uint8Array.of(opcode, 0x5b, 0x00), ...rest });
  // A trie of warm addresses with branches; COLD is not in it.
  for (let i = 0n; i < 20n; i++) warmAddress(step, WARM + i);
  return step;
}

/** Checks a step; with `next` the mode that it must go to. */
async function check(
  given: Omit<OpFrame, "code"> & { opcode: number },
  next?: number,
): Promise<CheckedStep> {
  const step = stepOf(given);
  expect(familyOf(step.s)).toBe("callOp");
  const checked = await solidity.check(step);
  seen.push(checked);
  if (next !== undefined) expect(checked.proof.next.ctl.mode).toBe(next);
  return checked;
}

function isHalt({ proof }: CheckedStep): boolean {
  const { ctl, work } = proof.next;
  return ctl.mode === MODE.exit && OUTCOME_WORD.unpack(work.regs[R.outcome] as Word).outcome === 2;
}

describe("every opcode of the family does what the machine does", () => {
  test.each(ROWS)("%s", async (_, opcode, stack, isWriting) => {
    const gas = 500_000;
    const full = await check({ opcode, stack: [8n, ...stack], gas });
    expect(isHalt(full)).toBe(false);

    // Exactly the gas that it takes, and one less.
    const { frame, work } = full.proof.next;
    const given = work.call[C.gas] as Word;
    const kept = opcode === 0xf0 || opcode === 0xf5 ? CALL_GAS_WORD.unpack(given).childGas : 0;
    const used = gas - (frame?.gas as number) - kept;
    expect(isHalt(await check({ opcode, stack, gas: used }))).toBe(false);
    if (used > 0) expect(isHalt(await check({ opcode, stack, gas: used - 1 }))).toBe(true);
    expect(isHalt(await check({ opcode, stack, gas: 0 }))).toBe(used > 0);

    expect(isHalt(await check({ opcode, stack: stack.slice(1) }))).toBe(true);
    expect(isHalt(await check({ opcode, stack: [] }))).toBe(true);
    const filler = Array.from({ length: 1_024 - stack.length }, () => 1n);
    expect(isHalt(await check({ opcode, stack: [...filler, ...stack] }))).toBe(false);
    expect(isHalt(await check({ opcode, stack, isStatic: true }))).toBe(isWriting);
  });

  test("STOP, at the code's end too, in every kind of frame", async () => {
    for (const kind of [KIND.call, KIND.staticcall, KIND.create, KIND.create2]) {
      const next = kind >= KIND.create ? MODE.deploy : MODE.exit;
      await check({ opcode: 0x00, kind, gas: 0 }, next);
      await check({ opcode: 0x5b, pc: 3, kind }, next);
      await check({ opcode: 0x5b, pc: 2 ** 17 - 1, kind }, next);
    }
  });

  test("RETURN and REVERT of a creation", async () => {
    for (const kind of [KIND.create, KIND.create2]) {
      await check({ opcode: 0xf3, stack: [0n, 5n], kind }, MODE.deploy);
      await check({ opcode: 0xfd, stack: [0n, 5n], kind }, MODE.exit);
      const returned = await check({ opcode: 0xf3, stack: [9n, 5n], kind }, MODE.copy);
      expect(returned.proof.next.ctl.ret).toBe(MODE.deploy);
      const reverted = await check({ opcode: 0xfd, stack: [9n, 5n], kind }, MODE.copy);
      expect(reverted.proof.next.ctl.ret).toBe(MODE.exit);
    }
  });
});

test("windows at every edge end as in the machine, whatever gas there is", async () => {
  const rows = [0x20, 0x37, 0x39, 0x3e, 0x5e, 0xa1, 0xf0, 0xf3, 0xf1];
  let halts = 0;
  for (const opcode of rows) {
    for (let i = 0; i < 22; i++) {
      const [off, len] = [rng.pick(OFFSETS), rng.pick(LENGTHS)];
      const [off2, len2] = [rng.pick(OFFSETS), rng.pick(LENGTHS)];
      const gas = rng.chance(50) ? 1_000_000 : 2 ** 45;
      let stack: Word[] = [len, off];
      if (opcode === 0xa1) stack = [5n, len, off];
      if (opcode === 0xf0) stack = [len, off, 3n];
      if ([0x37, 0x39, 0x3e, 0x5e].includes(opcode)) stack = [len, off2, off];
      if (opcode === 0xf1) stack = [len, off, len2, off2, 0n, WARM, 2n ** 40n];
      if (isHalt(await check({ opcode, stack, gas }))) halts++;
    }
  }
  expect(halts).toBeGreaterThan(40);
});

test("returned data ends for everybody where it ends", async () => {
  const returned = rng.bytes(70);
  const rows: [Word, Word, boolean][] = [
    [0n, 70n, false],
    [70n, 0n, false],
    [69n, 1n, false],
    [69n, 2n, true],
    [71n, 0n, true],
    [0n, 71n, true],
    [MAX, 2n, true],
    [2n, MAX, true],
  ];
  for (const [src, len, halts] of rows) {
    const checked = await check({ opcode: 0x3e, stack: [len, src, 3n], returned });
    expect(isHalt(checked)).toBe(halts);
  }
});

test("what the next modes get: copies, hashes and calls", async () => {
  const copied = await check({ opcode: 0x37, stack: [10n, MAX, 6n] }, MODE.copy);
  expect(COPY_WORD.unpack(copied.proof.next.work.regs[R.copy] as Word)).toMatchObject({
    srcOff: 100,
    srcLen: 100,
    dstOff: 6,
    left: 10,
  });
  const hashed = await check({ opcode: 0x20, stack: [0n, MAX] }, MODE.hash);
  expect(HASH_WORD.unpack(hashed.proof.next.work.regs[R.hash] as Word)).toEqual({
    off: 0,
    len: 0,
    pos: 0,
  });
  const created = await check({ opcode: 0xf5, stack: [7n, 0n, MAX, 3n] }, MODE.hash);
  expect(created.proof.next.ctl.sub).toBe(1);
  const called = await check(
    { opcode: 0xf4, stack: [...call(KIND.delegatecall, 0n, COLD)] },
    MODE.callee,
  );
  const { work, frame } = called.proof.next;
  expect([work.call[C.to], work.call[C.value]]).toEqual([frame?.self, frame?.value]);
});

test("an opcode of another family is refused", async () => {
  for (const opcode of [0x01, 0x31, 0x54, 0x5d, 0x60, 0xff, 0xfe, 0xf6]) {
    const { pre, packed } = proofOf(stepOf({ opcode, stack: [1n, 2n, 3n] }));
    expect(await solidity.execute("callOp", pre, packed)).toMatchObject({ error: "ForeignOpcode" });
  }
});

test("a changed witness is refused, or changes nothing", async () => {
  let refused = 0;
  for (const [, opcode, stack] of ROWS.filter((_, i) => i % 4 === 0)) {
    const proof = proofOf(stepOf({ opcode, stack }));
    refused += await solidity.checkMutations(proof, "callOp", rng, 40);
  }
  // The aux byte is the only one that says nothing.
  expect(refused).toBeGreaterThan(230);
});

test("no step comes near the bounds", () => {
  process.stdout.write(gasLine("opcodes that begin something", seen));
  expect(Math.max(...seen.map(({ gas }) => gas))).toBeLessThan(120_000);
  expect(Math.max(...seen.map(({ l1Gas }) => l1Gas))).toBeLessThan(250_000);
});
