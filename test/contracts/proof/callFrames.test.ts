import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepCall } from "../../../src/contracts/generated/StepCall.js";
import { makeFrame, makeRev } from "../../../src/proof/state/defaults.js";
import type { MachineState, Word } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import {
  CALL_GAS_WORD,
  CALL_WINDOWS_WORD,
  type CallFlags,
  CODE_LENGTH_WORD,
  COPY_WORD,
  OUTCOME_WORD,
} from "../../../src/proof/state/words.js";
import { World } from "../../../src/proof/state/world.js";
import { BUFFER, C, KIND, MODE, OUTCOME, R } from "../../../src/proof/table.js";
import { keccak256 } from "../../../src/util/keccak.js";
import { Rng } from "../../helpers/randomProgram.js";
import { StepEquivalence } from "../../helpers/stepEquivalence.js";
import {
  crowd,
  frameAfter,
  type ModeGiven,
  modeStep,
  SELF,
  SENDER,
  type WorldGiven,
} from "../../helpers/worldStates.js";

const CODE = Uint8Array.from({ length: 70 }, (_, i) => i + 1);
const MAX = 2n ** 256n - 1n;
const ALL_KINDS = Object.values(KIND);

let solidity: StepEquivalence;
let rng: Rng;

beforeAll(async () => {
  solidity = await StepEquivalence.create({ call: StepCall });
  rng = new Rng(13);
});

function world(more: Partial<WorldGiven> = {}): WorldGiven {
  return { alloc: new Map(crowd(rng, 9)), ...more };
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

describe("EXIT", () => {
  const cases = ALL_KINDS.flatMap((kind) =>
    Object.values(OUTCOME).flatMap((result) =>
      [true, false].map((isTop) => ({ kind, result, isTop })),
    ),
  );

  test.each(cases)("of kind $kind with outcome $result, at the top: $isTop", async (row) => {
    const { kind, result, isTop } = row;
    const bufA = rng.bytes(5_000);
    const word = OUTCOME_WORD.pack({
      outcome: result,
      kind: 0,
      isTop: false,
      gasLeft: 0,
      outLen: 5_000,
    });
    const snapRev = { ...makeRev(World.empty()), refund: 4_800 };
    const parent = isTop ? undefined : { ...makeFrame(snapRev), pc: 7, self: 9n };
    const next = await run(
      MODE.exit,
      { ...world({ refund: 1 }), bufA, regs: { [R.outcome]: word }, frame: { kind, gas: 12_345 } },
      (s) =>
        Object.assign(s.frame ?? {}, {
          snapRev,
          parent,
          newAddr: kind >= KIND.create ? 0xabcn : 0n,
        }),
    );
    const isHalt = result === OUTCOME.halt;
    expect(next.ctl.mode).toBe(isTop ? MODE.settle : MODE.resume);
    expect(outcome(next)).toEqual({
      outcome: result,
      kind,
      isTop,
      gasLeft: isHalt ? 0 : 12_345,
      outLen: isHalt ? 0 : 5_000,
    });
    expect(next.rev.refund).toBe(result === OUTCOME.success ? 1 : 4_800);
    expect(next.frame?.pc).toBe(isTop ? undefined : 7);
    expect(next.work.regs[R.newAddr]).toBe(kind >= KIND.create ? 0xabcn : 0n);
  });
});

describe("RESUME", () => {
  const cases = ALL_KINDS.flatMap((kind) =>
    Object.values(OUTCOME).flatMap((result) =>
      [0, 10, 9_000].map((outSize) => ({ kind, result, outSize })),
    ),
  );

  test.each(cases)(
    "after kind $kind with outcome $result into a window of $outSize bytes",
    async (row) => {
      const { kind, result, outSize } = row;
      const isHalt = result === OUTCOME.halt;
      const outLen = isHalt ? 0 : 5_000;
      const gasLeft = isHalt ? 0 : 777;
      const word = OUTCOME_WORD.pack({ outcome: result, kind, isTop: false, gasLeft, outLen });
      const next = await run(
        MODE.resume,
        {
          bufA: rng.bytes(outLen),
          regs: { [R.outcome]: word, [R.newAddr]: 0xabcn },
          frame: { gas: 1_000, memory: rng.bytes(10_000) },
        },
        (s) => Object.assign(s.frame ?? {}, { outOff: outSize && 33, outSize }),
      );
      const frame = frameAfter(next);
      const isCreation = kind >= KIND.create;
      const isSuccess = result === OUTCOME.success;
      expect(frame.stack).toEqual([5n, 6n, isSuccess ? (isCreation ? 0xabcn : 1n) : 0n]);
      expect([frame.gas, frame.pc, frame.outSize]).toEqual([1_000 + gasLeft, 1, 0]);
      expect(frame.retLen).toBe(isCreation && isSuccess ? 0 : outLen);
      const size = isCreation ? 0 : Math.min(outLen, outSize);
      expect(next.ctl.mode).toBe(size === 0 ? MODE.op : MODE.copy);
      if (size > 0) {
        const { src, dst, dstOff, left } = COPY_WORD.unpack(next.work.regs[R.copy] as Word);
        expect({ src, dst, dstOff, left }).toEqual({
          src: BUFFER.ret,
          dst: BUFFER.mem,
          dstOff: 33,
          left: size,
        });
      }
      expect([next.work.regs[R.outcome], next.work.regs[R.newAddr]]).toEqual([0n, 0n]);
    },
  );

  test("with gas beyond 2^32, at the stack's end, and without returned data", async () => {
    const word = OUTCOME_WORD.pack({
      outcome: 1,
      kind: 0,
      isTop: false,
      gasLeft: 2 ** 40,
      outLen: 0,
    });
    const stack = Array.from({ length: 1_023 }, (_, i) => BigInt(i));
    const next = await run(MODE.resume, {
      regs: { [R.outcome]: word },
      frame: { stack, gas: 2 ** 41 },
    });
    expect(frameAfter(next).stack).toHaveLength(1_024);
    expect(frameAfter(next).gas).toBe(2 ** 40 + 2 ** 41);
  });
});

describe("PUSH", () => {
  const cases: [name: string, Partial<CallFlags>][] = [
    ...ALL_KINDS.map((kind): [string, Partial<CallFlags>] => [`kind ${kind}`, { kind }]),
    ["a static call", { kind: KIND.staticcall, isStatic: true }],
    ["a call in a static one, by a delegation", { isStatic: true, isDelegated: true }],
    ["a precompile", { isPrecompile: true }],
    ["a precompile by DELEGATECALL", { kind: KIND.delegatecall, isPrecompile: true }],
    ["a call at the top", { isTop: true }],
    ["a precompile at the top", { isTop: true, isPrecompile: true }],
    ["a creation at the top", { isTop: true, kind: KIND.create }],
  ];

  test.each(cases)("%s", async (_, flags) => {
    const { kind = 0, isTop = false, isPrecompile = false, isStatic = false } = flags;
    const isCreation = kind >= KIND.create;
    const code = isPrecompile ? new Uint8Array() : CODE;
    const input = rng.bytes(5_000);
    const given: ModeGiven = {
      ...world(),
      flags,
      hasFrame: !isTop,
      bufA: isCreation ? new Uint8Array() : input,
      bufB: isCreation ? code : new Uint8Array(),
      calleeCode: isCreation ? new Uint8Array() : code,
      call: {
        [C.codeAddr]: 0xc0deadn,
        [C.to]: 0x70n,
        [C.value]: 33n,
        [C.gas]: CALL_GAS_WORD.pack({ requested: 2 ** 32 - 1, childGas: 2 ** 33 }),
        [C.windows]: CALL_WINDOWS_WORD.pack({ inOff: 3, inSize: 5_000, outOff: 5, outSize: 6 }),
        [C.codeHash]: bytesToWord(keccak256(code)),
        [C.codeLen]: CODE_LENGTH_WORD.pack({ codeLen: code.length }),
        [C.newAddr]: isCreation ? 0x70n : 0n,
        [C.salt]: isCreation ? MAX : 0n,
      },
      frame: { depth: 9, returned: rng.bytes(6_000), gas: 2 ** 40 },
    };
    const snapshot = { ...makeRev(World.empty()), refund: 1_234 };
    const next = await run(MODE.push, given, (s) => {
      s.work.snapshot = snapshot;
      if (isCreation) s.work.calleeCode = undefined;
    });
    expect(next.ctl.mode).toBe(isPrecompile ? MODE.precomp : MODE.op);
    const frame = frameAfter(next);
    expect(frame).toMatchObject({
      ...{ pc: 0, gas: 2 ** 33, memWords: 0, depth: isTop ? 0 : 10, kind, isStatic },
      ...{ self: 0x70n, value: 33n, codeLen: code.length, retLen: 0, stack: [] },
      inputLen: isCreation ? 0 : 5_000,
      newAddr: isCreation ? 0x70n : isPrecompile ? 0xc0deadn : 0n,
    });
    const caller = kind === KIND.delegatecall ? frame.parent?.caller : SELF;
    expect(frame.caller).toBe(isTop ? SENDER : caller);
    expect(frame.parent?.retLen).toBe(isTop ? undefined : 0);
    expect(next.work.call.every((word) => word === 0n)).toBe(true);
  });
});
