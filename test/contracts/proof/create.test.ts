import { beforeAll, describe, expect, test } from "@jest/globals";
import { getContractAddress, keccak256 } from "viem";
import { StepCreate } from "../../../src/contracts/generated/StepCreate.js";
import { EMPTY_CODE_HASH } from "../../../src/proof/state/defaults.js";
import type { MachineState, Word } from "../../../src/proof/state/types.js";
import { CALL_GAS_WORD, type CallFlags, OUTCOME_WORD } from "../../../src/proof/state/words.js";
import { C, KIND, MODE, OUTCOME, R } from "../../../src/proof/table.js";
import { type Address, type Hex, toHex } from "../../../src/util/hex.js";
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

const TARGET = 0x7a46e7n;
const MAX_NONCE = 2n ** 64n - 1n;
const CHILD_GAS = 65_432;
const INIT_HASH = BigInt(keccak256("0x6001"));
const CREATIONS = [KIND.create, KIND.create2];

let solidity: StepEquivalence;
let rng: Rng;

beforeAll(async () => {
  solidity = await StepEquivalence.create({ create: StepCreate });
  rng = new Rng(17);
});

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
const hexOf = (word: Word, bytes: number): Hex => `0x${word.toString(16).padStart(2 * bytes, "0")}`;
const addressOf = (word: Word): Address => hexOf(word, 20);

function expectFailed(s: MachineState, kind: number, gasLeft: number): void {
  expect(s.ctl.mode).toBe(MODE.resume);
  expect(outcome(s)).toEqual({ outcome: 0, kind, isTop: false, gasLeft, outLen: 0 });
  expect(s.work.call.every((word) => word === 0n)).toBe(true);
  expect(s.work.bufB.read(0, 4)).toEqual(new Uint8Array(4));
}

describe("CREATEE", () => {
  function given(
    nonce: bigint,
    balance: bigint,
    value: bigint,
    more: Partial<ModeGiven> = {},
  ): ModeGiven {
    return {
      alloc: new Map([...crowd(rng, 30), [SELF, account({ nonce, balance, code: rng.bytes(4) })]]),
      flags: { kind: KIND.create },
      call: {
        [C.value]: value,
        [C.gas]: CALL_GAS_WORD.pack({ requested: 0, childGas: CHILD_GAS }),
        [C.codeHash]: INIT_HASH,
        [C.salt]: 0x5a17n,
      },
      bufB: rng.bytes(90),
      ...more,
    };
  }

  test.each([0n, 1n, 127n, 128n, 255n, 256n, 2n ** 32n, MAX_NONCE - 1n])(
    "address of the creator and nonce %s",
    async (nonce) => {
      const next = await run(MODE.createe, given(nonce, 5n, 5n));
      const expected = getContractAddress({ opcode: "CREATE", from: addressOf(SELF), nonce });
      expect(next.ctl.mode).toBe(MODE.snap);
      expect(addressOf(next.work.call[C.newAddr] as Word)).toBe(expected.toLowerCase());
      expect(next.rev.state?.get(SELF)?.nonce).toBe(nonce + 1n);

      const salted = await run(MODE.createe, {
        ...given(nonce, 5n, 5n),
        flags: { kind: KIND.create2 },
      });
      const other = getContractAddress({
        opcode: "CREATE2",
        from: addressOf(SELF),
        salt: hexOf(0x5a17n, 32),
        bytecodeHash: hexOf(INIT_HASH, 32),
      });
      expect(addressOf(salted.work.call[C.newAddr] as Word)).toBe(other.toLowerCase());
      expect(salted.rev.state?.get(SELF)?.nonce).toBe(nonce + 1n);
    },
  );

  test("an address that is warm already", async () => {
    const address = BigInt(
      getContractAddress({ opcode: "CREATE", from: addressOf(SELF), nonce: 3n }),
    );
    const next = await run(MODE.createe, given(3n, 0n, 0n, { warm: [1_000n, address] }));
    expect(next.work.call[C.newAddr]).toBe(address);
  });

  test.each(CREATIONS)(
    "kind %d fails for depth, balance or nonce, and gives its gas back",
    async (kind) => {
      const flags = { kind };
      const deep = given(1n, 9n, 0n, { flags, frame: { depth: 1_024 } });
      expectFailed(await run(MODE.createe, deep), kind, CHILD_GAS);
      expectFailed(await run(MODE.createe, given(1n, 9n, 10n, { flags })), kind, CHILD_GAS);
      expectFailed(await run(MODE.createe, given(MAX_NONCE, 9n, 9n, { flags })), kind, CHILD_GAS);
      const last = given(1n, 9n, 9n, { flags, frame: { depth: 1_023 } });
      expect((await run(MODE.createe, last)).ctl.mode).toBe(MODE.snap);
    },
  );

  test("at the top the address follows from the transaction's nonce, for a deposit from the account's", async () => {
    for (const isDeposit of [false, true]) {
      for (const nonce of [0n, 200n, MAX_NONCE]) {
        const top = given(1n, 0n, 3n, {
          flags: { kind: KIND.create, isTop: true },
          hasFrame: false,
        });
        const next = await run(MODE.createe, top, ({ tx }) =>
          Object.assign(tx, {
            isDeposit,
            nonce: isDeposit ? 77n : nonce,
            nonceUsed: isDeposit ? nonce : 78n,
            ...{ type: 0x7e, status: 1, isCreate: true, rawLen: 9, dataOff: 8, dataLen: 7 },
          }),
        );
        const expected = getContractAddress({ opcode: "CREATE", from: addressOf(SENDER), nonce });
        expect(addressOf(next.work.call[C.newAddr] as Word)).toBe(expected.toLowerCase());
        expect(next.ctl.mode).toBe(MODE.snap);
      }
    }
  });
});

describe("CREATECHK", () => {
  const call = (value: Word) => ({ [C.newAddr]: TARGET, [C.value]: value, [C.salt]: 3n });
  const taken: [string, Parameters<typeof account>[0]][] = [
    ["a nonce", { nonce: 1n }],
    ["code", { code: Uint8Array.of(0) }],
    ["storage", { balance: 3n, storage: new Map([[1n, 2n]]) }],
  ];

  test.each(taken)("an account with %s is taken", async (_, fields) => {
    const world: WorldGiven = { alloc: new Map([...crowd(rng, 30), [TARGET, account(fields)]]) };
    for (const kind of CREATIONS) {
      const given = { ...world, flags: { kind }, call: call(1n), bufB: rng.bytes(9) };
      expectFailed(await run(MODE.createchk, given), kind, 0);
    }
    const flags: Partial<CallFlags> = { kind: KIND.create, isTop: true };
    const top = { ...world, flags, call: call(0n), hasFrame: false, bufB: rng.bytes(9) };
    const next = await run(MODE.createchk, top);
    expect(next.ctl.mode).toBe(MODE.settle);
    expect(outcome(next)).toEqual({
      outcome: OUTCOME.halt,
      kind: 0,
      isTop: true,
      gasLeft: 0,
      outLen: 0,
    });
  });

  test("the account is made, with the balance that it has", async () => {
    for (const balance of [0n, 55n]) {
      for (const value of [0n, 1n]) {
        for (const isTop of [true, false]) {
          const own: [bigint, ReturnType<typeof account>][] =
            balance === 0n ? [] : [[TARGET, account({ balance })]];
          const next = await run(MODE.createchk, {
            alloc: new Map([...crowd(rng, 30), ...own]),
            created: [1n, 2n],
            flags: { kind: KIND.create, isTop },
            hasFrame: !isTop,
            call: call(value),
          });
          expect(next.ctl.mode).toBe(value === 0n ? MODE.push : MODE.xfer);
          expect(next.work.call[C.to]).toBe(TARGET);
          const made = next.rev.state?.get(TARGET);
          expect(made).toMatchObject({ nonce: 1n, balance, codeHash: EMPTY_CODE_HASH });
        }
      }
    }
  });

  test("an account that the transaction has created before, and that is empty again", async () => {
    const given = {
      alloc: new Map(crowd(rng, 9)),
      created: [TARGET],
      flags: { kind: KIND.create },
      call: call(0n),
    };
    expect((await run(MODE.createchk, given)).ctl.mode).toBe(MODE.push);
  });
});

describe("DEPLOY", () => {
  function given(code: Uint8Array, gas: number, outLen = code.length): ModeGiven {
    const word = OUTCOME_WORD.pack({ outcome: 1, kind: 0, isTop: false, gasLeft: 0, outLen });
    return {
      alloc: new Map([...crowd(rng, 30), [SELF, account({ nonce: 1n, balance: 2n })]]),
      frame: { kind: KIND.create, gas },
      regs: { [R.outcome]: word },
      bufA: code,
    };
  }

  function expectHalt(s: MachineState): void {
    expect(s.ctl.mode).toBe(MODE.exit);
    expect(outcome(s).outcome).toBe(OUTCOME.halt);
    expect(s.rev.state?.get(SELF)?.codeHash).toBe(EMPTY_CODE_HASH);
  }

  test.each([0, 1, 31, 32, 33, 4_095, 4_096, 4_097, 24_576])(
    "code of %d bytes, with just enough gas",
    async (length) => {
      const code = rng.bytes(length);
      if (length > 0) code[0] = 0x60;
      const next = await run(MODE.deploy, given(code, 200 * length + 7));
      expect([next.ctl.mode, frameAfter(next).gas]).toEqual([MODE.exit, 7]);
      expect(outcome(next)).toMatchObject({ outcome: 1, outLen: 0 });
      expect(next.rev.state?.get(SELF)?.codeHash).toBe(BigInt(keccak256(toHex(code))));
      if (length > 0) expectHalt(await run(MODE.deploy, given(code, 200 * length - 1)));
    },
  );

  test("code that is too long, or begins with 0xEF, is refused", async () => {
    expectHalt(await run(MODE.deploy, given(rng.bytes(24_577), 2 ** 24)));
    expectHalt(await run(MODE.deploy, given(rng.bytes(100_000), 2 ** 30)));
    for (const code of [
      Uint8Array.of(0xef),
      Uint8Array.of(0xef, 1, 0),
      new Uint8Array(5_000).fill(0xef),
    ]) {
      expectHalt(await run(MODE.deploy, given(code, 2 ** 24)));
    }
    const other = await run(MODE.deploy, given(Uint8Array.of(0xee, 0xef), 2 ** 24));
    expect(outcome(other).outcome).toBe(OUTCOME.success);
  });

  test("the longest code is within the bounds of a step", async () => {
    const code = rng.bytes(24_576).fill(1, 0, 1);
    const checked = await solidity.check(modeStep(rng, MODE.deploy, given(code, 2 ** 24)));
    process.stdout.write(gasLine("DEPLOY of 24,576 bytes", [checked]));
    expect(checked.bytes).toBeLessThanOrEqual(120_000);
    expect(checked.gas).toBeLessThanOrEqual(15_000_000);
  });
});

test("other modes are refused", async () => {
  for (const mode of [MODE.snap, MODE.push, MODE.precomp]) {
    const call = { [C.newAddr]: TARGET };
    const { pre, packed } = proofOf(modeStep(rng, MODE.createchk, { flags: { kind: 4 }, call }));
    packed[6] = mode;
    expect(await solidity.execute("create", pre, packed)).toMatchObject({ error: "ForeignMode" });
  }
});

test("a changed witness is refused, or changes nothing", async () => {
  const alloc = new Map([...crowd(rng, 30), [SELF, account({ nonce: 1n, balance: 2n })] as const]);
  const word = OUTCOME_WORD.pack({ outcome: 1, kind: 0, isTop: false, gasLeft: 0, outLen: 70 });
  const steps: [number, ModeGiven][] = [
    [MODE.createe, { alloc, flags: { kind: KIND.create2 }, call: { [C.value]: 1n } }],
    [MODE.createe, { alloc, flags: { kind: KIND.create }, call: { [C.value]: 3n } }],
    [MODE.createchk, { alloc, flags: { kind: KIND.create }, call: { [C.newAddr]: TARGET } }],
    [MODE.createchk, { alloc, flags: { kind: KIND.create }, call: { [C.newAddr]: SELF } }],
    [MODE.deploy, { alloc, regs: { [R.outcome]: word }, bufA: new Uint8Array(70).fill(3) }],
  ];
  let refused = 0;
  for (const [mode, given] of steps) {
    refused += await solidity.checkMutations(
      proofOf(modeStep(rng, mode, given)),
      "create",
      rng,
      40,
    );
  }
  expect(refused).toBe(5 * 40);
});
