import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepCall } from "../../../src/contracts/generated/StepCall.js";
import { EMPTY_CODE_HASH, makeFrame, makeRev } from "../../../src/proof/state/defaults.js";
import type { MachineState, Word } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import {
  CALL_FLAGS_WORD,
  CALL_GAS_WORD,
  CALL_WINDOWS_WORD,
  CODE_LENGTH_WORD,
  OUTCOME_WORD,
} from "../../../src/proof/state/words.js";
import { World } from "../../../src/proof/state/world.js";
import { C, KIND, MODE, OUTCOME, R } from "../../../src/proof/table.js";
import { keccak256 } from "../../../src/util/keccak.js";
import { Rng } from "../../helpers/randomProgram.js";
import { gasLine, proofOf, StepEquivalence } from "../../helpers/stepEquivalence.js";
import {
  account,
  crowd,
  frameAfter,
  type ModeGiven,
  modeStep,
  SELF,
  SENDER,
  type WorldGiven,
} from "../../helpers/worldStates.js";

const SMART = 0xc0den;
const EMPTY = 0xe0an;
const NOBODY = 0xdeadn;
const DELEGATED = 0xde1en;
const TO_PRECOMPILE = 0xde12n;
const TWICE = 0xde13n;
const CODE = Uint8Array.from({ length: 70 }, (_, i) => i + 1);
const MAX = 2n ** 256n - 1n;
const ALL_KINDS = Object.values(KIND);
const CALLS = ALL_KINDS.filter((kind) => kind < KIND.create);

let solidity: StepEquivalence;
let rng: Rng;

beforeAll(async () => {
  solidity = await StepEquivalence.create({ call: StepCall });
  rng = new Rng(13);
});

function delegationTo(address: Word): Uint8Array {
  return new Uint8Array(Buffer.from(`ef0100${address.toString(16).padStart(40, "0")}`, "hex"));
}

function world(more: Partial<WorldGiven> = {}): WorldGiven {
  return {
    alloc: new Map([
      ...crowd(rng, 30),
      [SELF, account({ nonce: 1n, balance: 100n, code: CODE })],
      [SENDER, account({ nonce: 5n, balance: 1_000n })],
      [SMART, account({ nonce: 1n, code: CODE })],
      [EMPTY, account({ balance: 7n })],
      [DELEGATED, account({ nonce: 1n, code: delegationTo(SMART) })],
      [TO_PRECOMPILE, account({ nonce: 1n, code: delegationTo(4n) })],
      [TWICE, account({ nonce: 1n, code: delegationTo(DELEGATED) })],
    ]),
    ...more,
  };
}

/** Checks a step of a mode; what it leaves is returned. */
async function run(
  mode: number,
  given: ModeGiven,
  change: (s: MachineState) => void = () => undefined,
): Promise<MachineState> {
  const step = modeStep(rng, mode, given);
  change(step.s);
  return (await solidity.check(step)).proof.next;
}

const outcome = (s: MachineState) => OUTCOME_WORD.unpack(s.work.regs[R.outcome] as Word);
const flagsOf = (s: MachineState) => CALL_FLAGS_WORD.unpack(s.work.call[C.flags] as Word);
const length = (s: MachineState) => CODE_LENGTH_WORD.unpack(s.work.call[C.codeLen] as Word).codeLen;

function expectFailed(s: MachineState, kind: number, gasLeft: number): void {
  expect(s.ctl.mode).toBe(MODE.resume);
  expect(outcome(s)).toEqual({ outcome: 0, kind, isTop: false, gasLeft, outLen: 0 });
  expect(s.work.call.every((word) => word === 0n)).toBe(true);
}

function expectHalt(s: MachineState): void {
  expect(s.ctl.mode).toBe(MODE.exit);
  expect(outcome(s).outcome).toBe(OUTCOME.halt);
  expect(s.work.call.every((word) => word === 0n)).toBe(true);
}

describe("CALLEE", () => {
  const found: [name: string, Word, Uint8Array][] = [
    ["a contract", SMART, CODE],
    ["an account without code", EMPTY, new Uint8Array()],
    ["nobody", NOBODY, new Uint8Array()],
  ];

  test.each(found)("finds the code of %s", async (_, codeAddr, code) => {
    for (const kind of CALLS) {
      for (const isTop of [true, false]) {
        const next = await run(MODE.callee, {
          ...world(),
          hasFrame: !isTop,
          flags: { kind, isTop, isStatic: kind === KIND.staticcall },
          call: { [C.codeAddr]: codeAddr, [C.value]: kind === KIND.call ? 3n : 0n },
        });
        expect(next.ctl.mode).toBe(MODE.gas63);
        expect(next.work.call[C.codeHash]).toBe(bytesToWord(keccak256(code)));
        expect(length(next)).toBe(code.length);
      }
    }
  });

  test("follows a delegation, and tells a precompile", async () => {
    for (const isTop of [true, false]) {
      const given = { ...world(), hasFrame: !isTop, flags: { isTop } };
      const next = await run(MODE.callee, { ...given, call: { [C.codeAddr]: DELEGATED } });
      expect([next.ctl.mode, next.work.call[C.delegate]]).toEqual([MODE.delegate, SMART]);
      for (const codeAddr of [1n, 0x11n, 0x100n]) {
        const other = await run(MODE.callee, { ...given, call: { [C.codeAddr]: codeAddr } });
        expect(other.ctl.mode).toBe(MODE.gas63);
        expect(flagsOf(other)).toMatchObject({ isPrecompile: true, isTop });
        expect(other.work.call[C.codeHash]).toBe(EMPTY_CODE_HASH);
      }
    }
    for (const codeAddr of [0n, 0x12n, 0xffn, 0x101n]) {
      const next = await run(MODE.callee, {
        ...world(),
        flags: {},
        call: { [C.codeAddr]: codeAddr },
      });
      expect(flagsOf(next).isPrecompile).toBe(false);
    }
  });

  test("code that only looks like a delegation is code", async () => {
    const designator = delegationTo(SMART);
    for (const code of [
      designator.slice(0, 22),
      Uint8Array.of(...designator, 0),
      designator.map((b, i) => (i === 2 ? 1 : b)),
    ]) {
      const alloc = new Map([[SMART, account({ nonce: 1n, code })]]);
      const next = await run(MODE.callee, { alloc, flags: {}, call: { [C.codeAddr]: SMART } });
      expect(next.ctl.mode).toBe(MODE.gas63);
    }
  });

  test("value for nobody costs 25,000 gas, but not in a CALLCODE and not at the top", async () => {
    const call = { [C.codeAddr]: NOBODY, [C.value]: 1n };
    const paid = await run(MODE.callee, { ...world(), flags: {}, call, frame: { gas: 25_000 } });
    expect(frameAfter(paid).gas).toBe(0);
    expectHalt(await run(MODE.callee, { ...world(), flags: {}, call, frame: { gas: 24_999 } }));
    const precompile = { ...call, [C.codeAddr]: 3n };
    expectHalt(
      await run(MODE.callee, { ...world(), flags: {}, call: precompile, frame: { gas: 24_999 } }),
    );
    const kind = KIND.callcode;
    const other = await run(MODE.callee, { ...world(), flags: { kind }, call, frame: { gas: 10 } });
    expect(frameAfter(other).gas).toBe(10);
    await run(MODE.callee, { ...world(), flags: { isTop: true }, call, hasFrame: false });
  });

  test("the longest code is within the bounds of a step", async () => {
    const code = rng.bytes(24_576);
    const alloc = new Map([[SMART, account({ nonce: 1n, code })]]);
    const step = modeStep(rng, MODE.callee, { alloc, flags: {}, call: { [C.codeAddr]: SMART } });
    const checked = await solidity.check(step);
    process.stdout.write(gasLine("CALLEE with 24,576 bytes of code", [checked]));
    expect(checked.bytes).toBeLessThanOrEqual(120_000);
    expect(checked.gas).toBeLessThanOrEqual(15_000_000);
  });
});

describe("DELEGATE", () => {
  const cases: [name: string, Word, Uint8Array, number][] = [
    ["cold code", SMART, CODE, 2_600],
    ["a delegation, which is not followed", DELEGATED, delegationTo(SMART), 2_600],
    ["nobody", NOBODY, new Uint8Array(), 2_600],
    ["a precompile, which runs empty code", 4n, new Uint8Array(), 100],
  ];

  test.each(cases)("to %s", async (_, target, code, gas) => {
    const call = { [C.delegate]: target, [C.codeAddr]: DELEGATED };
    for (const [warm, price] of [
      [[], gas],
      [[target], 100],
    ] as const) {
      const given = { ...world({ warm }), flags: { kind: KIND.delegatecall }, call };
      const next = await run(MODE.delegate, { ...given, frame: { gas: price } });
      expect([next.ctl.mode, frameAfter(next).gas, length(next)]).toEqual([
        MODE.gas63,
        0,
        code.length,
      ]);
      expect(flagsOf(next)).toMatchObject({ isDelegated: true, isPrecompile: false });
      expect(next.work.call[C.codeHash]).toBe(bytesToWord(keccak256(code)));
      expectHalt(await run(MODE.delegate, { ...given, frame: { gas: price - 1 } }));
      const top = { ...given, flags: { isTop: true }, hasFrame: false };
      expect((await run(MODE.delegate, top)).ctl.mode).toBe(MODE.gas63);
    }
  });
});

describe("GAS63", () => {
  const windows = (inSize: number, outSize: number): Word =>
    CALL_WINDOWS_WORD.pack({ inOff: inSize && 40, inSize, outOff: outSize && 70, outSize });
  const requests: [requested: number, gas: number, given: number][] = [
    [0, 6_400, 0],
    [1_000, 6_400, 1_000],
    [6_299, 6_400, 6_299],
    [6_300, 6_400, 6_300],
    [6_301, 6_400, 6_300],
    [2 ** 32 - 1, 6_400, 6_300],
    [2 ** 32 - 1, 63, 63],
    [2 ** 32 - 1, 0, 0],
    [2 ** 32 - 1, 2 ** 24, 2 ** 24 - 2 ** 18],
  ];

  test.each(requests)("%d requested of %d", async (requested, gas, given) => {
    for (const kind of CALLS) {
      for (const value of [0n, 1n, MAX]) {
        const next = await run(MODE.gas63, {
          flags: { kind },
          call: {
            [C.gas]: CALL_GAS_WORD.pack({ requested, childGas: 0 }),
            [C.value]: value,
            [C.windows]: windows(0, 50),
          },
          frame: { gas, depth: 1_023 },
        });
        const stipend = value > 0n && (kind === KIND.call || kind === KIND.callcode) ? 2_300 : 0;
        const { childGas } = CALL_GAS_WORD.unpack(next.work.call[C.gas] as Word);
        expect([next.ctl.mode, childGas, frameAfter(next).gas]).toEqual([
          MODE.snap,
          given + stipend,
          gas - given,
        ]);
        expect([frameAfter(next).outOff, frameAfter(next).outSize]).toEqual([70, 50]);
      }
    }
  });

  test("input is copied first; at depth 1,024 a call fails and gives its gas back", async () => {
    const call = {
      [C.gas]: CALL_GAS_WORD.pack({ requested: 500, childGas: 0 }),
      [C.value]: 2n,
      [C.windows]: windows(30, 0),
    };
    const next = await run(MODE.gas63, { flags: {}, call, frame: { depth: 1_023 } });
    expect([next.ctl.mode, next.ctl.ret]).toEqual([MODE.copy, MODE.snap]);
    const deep = { flags: {}, call, frame: { depth: 1_024, gas: 9_000 }, bufA: rng.bytes(3) };
    const failed = await run(MODE.gas63, deep);
    expectFailed(failed, KIND.call, 2_800);
    expect(frameAfter(failed).gas).toBe(8_500);
  });

  test("at the top nothing is taken", async () => {
    const call = { [C.gas]: CALL_GAS_WORD.pack({ requested: 0, childGas: 9 }) };
    const next = await run(MODE.gas63, { flags: { isTop: true }, call, hasFrame: false });
    expect(next.ctl.mode).toBe(MODE.snap);
  });
});

describe("SNAP", () => {
  test.each(ALL_KINDS)("of kind %d with value and without", async (kind) => {
    for (const value of [0n, MAX]) {
      for (const isTop of [true, false]) {
        const given = {
          ...world(),
          flags: { kind, isTop },
          call: { [C.value]: value },
          hasFrame: !isTop,
        };
        const next = await run(MODE.snap, given);
        const isPaid = value > 0n && kind <= KIND.callcode;
        const way = isPaid ? MODE.xfer : MODE.push;
        expect(next.ctl.mode).toBe(kind >= KIND.create ? MODE.createchk : way);
      }
    }
  });
});

describe("XFER", () => {
  const word = CALL_GAS_WORD.pack({ requested: 1, childGas: 4_321 });
  const call = (value: Word, to: Word) => ({ [C.value]: value, [C.to]: to, [C.gas]: word });

  test("takes the value from the payer, or fails", async () => {
    const paying = [KIND.call, KIND.callcode, KIND.create, KIND.create2];
    for (const kind of paying) {
      const given = { ...world(), flags: { kind }, bufA: rng.bytes(9), bufB: rng.bytes(9) };
      const next = await run(MODE.xfer, { ...given, call: call(100n, SMART) });
      const isMoved = kind !== KIND.callcode;
      expect([next.ctl.mode, next.ctl.cnt]).toEqual(isMoved ? [MODE.xfer, 1] : [MODE.push, 0]);
      expect(next.rev.state?.get(SELF)?.balance).toBe(isMoved ? 0n : 100n);
      expectFailed(await run(MODE.xfer, { ...given, call: call(101n, SMART) }), kind, 4_321);
      expectFailed(await run(MODE.xfer, { ...given, call: call(MAX, SMART) }), kind, 4_321);
    }
    const top = { ...world(), flags: { isTop: true }, hasFrame: false, call: call(999n, SMART) };
    expect((await run(MODE.xfer, top)).rev.state?.get(SENDER)?.balance).toBe(1n);
  });

  test("gives it to the callee, who may be new", async () => {
    for (const to of [SMART, EMPTY, NOBODY, SELF, 4n]) {
      for (const isTop of [true, false]) {
        const given = {
          ...world(),
          cnt: 1,
          flags: { isTop },
          hasFrame: !isTop,
          call: call(50n, to),
        };
        const next = await run(MODE.xfer, given);
        expect(next.ctl.mode).toBe(MODE.push);
        const before = given.alloc?.get(to)?.balance ?? 0n;
        expect(next.rev.state?.get(to)?.balance).toBe(before + 50n);
      }
    }
  });

  test("a payer that is left with nothing is removed", async () => {
    const alloc = new Map([...crowd(rng, 20), [SELF, account({ balance: 9n })]]);
    const next = await run(MODE.xfer, { alloc, flags: {}, call: call(9n, SMART) });
    expect(next.rev.state?.get(SELF)).toBeUndefined();
  });
});

test("other modes are refused", async () => {
  for (const mode of [MODE.createe, MODE.deploy, MODE.hash]) {
    const step = modeStep(rng, MODE.snap, { ...world(), flags: {} });
    const { pre, packed } = proofOf(step);
    packed[6] = mode;
    expect(await solidity.execute("call", pre, packed)).toMatchObject({ error: "ForeignMode" });
  }
});

test("a changed witness is refused, or changes nothing", async () => {
  const word = OUTCOME_WORD.pack({ outcome: 0, kind: 0, isTop: false, gasLeft: 5, outLen: 6 });
  const steps: [number, ModeGiven][] = [
    [MODE.exit, { regs: { [R.outcome]: word }, bufA: rng.bytes(6) }],
    [MODE.resume, { regs: { [R.outcome]: word }, bufA: rng.bytes(6) }],
    [MODE.callee, { ...world(), flags: {}, call: { [C.codeAddr]: SMART } }],
    [MODE.delegate, { ...world(), flags: {}, call: { [C.delegate]: SMART } }],
    [MODE.gas63, { flags: {}, call: { [C.value]: 1n } }],
    [MODE.snap, { flags: {}, call: { [C.value]: 1n } }],
    [MODE.xfer, { ...world(), flags: {}, call: { [C.value]: 1n, [C.to]: SMART } }],
    [MODE.push, { ...world(), flags: {}, bufA: rng.bytes(100) }],
  ];
  let refused = 0;
  for (const [mode, given] of steps) {
    const step = modeStep(rng, mode, given);
    step.s.work.snapshot = mode === MODE.push ? makeRev(World.empty()) : undefined;
    if (mode === MODE.exit) Object.assign(step.s.frame ?? {}, { parent: makeFrame(step.s.rev) });
    refused += await solidity.checkMutations(proofOf(step), "call", rng, 40);
  }
  expect(refused).toBe(8 * 40);
});
