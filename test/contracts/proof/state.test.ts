import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepState } from "../../../src/contracts/generated/StepState.js";
import type { Step, Word } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import { MODE, OUTCOME, R } from "../../../src/proof/table.js";
import { keccak256 } from "../../../src/util/keccak.js";
import type { AllocAccount } from "../../helpers/proofEvm.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";
import {
  account,
  crowd,
  deepWorld,
  frameAfter,
  modeStep,
  SELF,
  type WorldGiven,
  worldStep,
} from "../../helpers/worldStates.js";

const RICH = 0x41c4n;
const SMART = 0xc0den;
const NOBODY = 0xdeadn;
const PRECOMPILE = 9n;
const DIRT = 2n ** 255n;
const CODE = Uint8Array.from({ length: 70 }, (_, i) => i + 1);

let solidity: StepEquivalence;
let rng: Rng;

beforeAll(async () => {
  solidity = await StepEquivalence.create({ state: StepState });
  rng = new Rng(11);
});

function world(self: Partial<AllocAccount> = {}, more: Partial<WorldGiven> = {}): WorldGiven {
  const own = account({ nonce: 1n, balance: 77n, code: CODE, ...self });
  return {
    alloc: new Map([
      ...crowd(rng, 30),
      [SELF, own],
      [RICH, account({ balance: 10n ** 21n })],
      [SMART, account({ nonce: 1n, code: CODE })],
    ]),
    ...more,
  };
}

interface OpGiven {
  readonly stack: readonly Word[];
  readonly gas?: number;
  readonly isStatic?: boolean;
}

function opStep(opcode: number, given: OpGiven, of: WorldGiven): Step {
  return worldStep(
    rng,
    { code: Uint8Array.of(opcode, 0), memory: new Uint8Array(64), ...given },
    of,
  );
}

async function run(opcode: number, given: OpGiven, of: WorldGiven): Promise<CheckedStep> {
  return solidity.check(opStep(opcode, given, of));
}

async function halts(opcode: number, given: OpGiven, of: WorldGiven): Promise<void> {
  const step = opStep(opcode, given, of);
  const { next } = (await solidity.check(step)).proof;
  expect(next.ctl.mode).toBe(MODE.exit);
  expect((next.work.regs[R.outcome] as Word) >> 248n).toBe(BigInt(OUTCOME.halt));
  expect(frameAfter(next).gas).toBe(step.s.frame?.gas);
}

/** Runs with exactly the gas that it takes, and with one less; returns what it takes. */
async function price(opcode: number, given: OpGiven, of: WorldGiven, least = 1): Promise<number> {
  const { next } = (await run(opcode, { ...given, gas: 1_000_000 }, of)).proof;
  const gas = 1_000_000 - frameAfter(next).gas;
  if (gas >= least) {
    const exact = (await run(opcode, { ...given, gas }, of)).proof.next;
    expect(exact.ctl.mode).not.toBe(MODE.exit);
    expect(frameAfter(exact).gas).toBe(0);
    await halts(opcode, { ...given, gas: gas - 1 }, of);
  }
  return gas;
}

/** What an opcode pushes. */
async function result(opcode: number, given: OpGiven, of: WorldGiven): Promise<Word> {
  const { next } = (await run(opcode, given, of)).proof;
  expect(next.ctl.mode).toBe(MODE.op);
  return frameAfter(next).stack.at(-1) as Word;
}

/** Words taken and given, and whether a static call forbids it. */
const ROWS: readonly [
  name: string,
  opcode: number,
  pops: number,
  pushes: number,
  writes: boolean,
][] = [
  ["BALANCE", 0x31, 1, 1, false],
  ["EXTCODESIZE", 0x3b, 1, 1, false],
  ["EXTCODECOPY", 0x3c, 4, 0, false],
  ["EXTCODEHASH", 0x3f, 1, 1, false],
  ["SELFBALANCE", 0x47, 0, 1, false],
  ["SLOAD", 0x54, 1, 1, false],
  ["SSTORE", 0x55, 2, 0, true],
  ["TLOAD", 0x5c, 1, 1, false],
  ["TSTORE", 0x5d, 2, 0, true],
  ["SELFDESTRUCT", 0xff, 1, 0, true],
];

describe("stack, static calls and no gas at all", () => {
  test.each(ROWS)("%s", async (_, opcode, pops, pushes, writes) => {
    const of = world();
    const words = (count: number) => Array.from({ length: count }, (): Word => 3n);
    const isOver = pushes > pops;
    if (pops > 0) {
      await halts(opcode, { stack: words(pops - 1) }, of);
      await halts(opcode, { stack: [] }, of);
    }
    if (isOver) await halts(opcode, { stack: words(1_024) }, of);
    else
      expect((await run(opcode, { stack: words(1_024) }, of)).proof.next.ctl.mode).not.toBe(
        MODE.exit,
      );
    if (isOver) await run(opcode, { stack: words(1_023) }, of);
    await halts(opcode, { stack: words(pops), gas: 0 }, of);
    if (writes) await halts(opcode, { stack: words(pops), isStatic: true }, of);
    else await run(opcode, { stack: words(pops), isStatic: true }, of);
  });
});

describe("accounts", () => {
  const READERS: readonly [name: string, opcode: number, rich: Word, smart: Word, nobody: Word][] =
    [
      ["BALANCE", 0x31, 10n ** 21n, 0n, 0n],
      ["EXTCODESIZE", 0x3b, 0n, 70n, 0n],
      [
        "EXTCODEHASH",
        0x3f,
        bytesToWord(keccak256(new Uint8Array())),
        bytesToWord(keccak256(CODE)),
        0n,
      ],
    ];

  test.each(READERS)(
    "%s of cold and warm accounts, of nobody and of a precompile",
    async (...row) => {
      const [, opcode, rich, smart, nobody] = row;
      const cold = world();
      const warm = { ...cold, warm: [RICH, SMART, NOBODY, 1_000n] };
      for (const [address, expected] of [
        [RICH, rich],
        [SMART, smart],
        [NOBODY, nobody],
      ] as const) {
        const given = { stack: [8n, address + DIRT] };
        expect(await result(opcode, given, cold)).toBe(expected);
        expect(await result(opcode, given, warm)).toBe(expected);
        expect(await price(opcode, given, cold)).toBe(2_600);
        expect(await price(opcode, given, warm)).toBe(100);
      }
      for (const address of [1n, PRECOMPILE, 0x11n, 0x100n]) {
        expect(await result(opcode, { stack: [address] }, cold)).toBe(0n);
        expect(await price(opcode, { stack: [address] }, cold)).toBe(100);
      }
      for (const address of [0n, 0x12n, 0x101n]) {
        expect(await price(opcode, { stack: [address] }, cold)).toBe(2_600);
      }
    },
  );

  test("SELFBALANCE", async () => {
    const of = world();
    expect(await result(0x47, { stack: [] }, of)).toBe(77n);
    expect(await price(0x47, { stack: [] }, of)).toBe(5);
    expect(await result(0x47, { stack: [] }, { alloc: new Map() })).toBe(0n);
  });

  test("EXTCODECOPY takes the code to bufB, or nothing if nothing is copied", async () => {
    const of = world();
    const copy = (address: Word, dst: Word, src: Word, len: Word) => ({
      stack: [len, src, dst, address],
    });
    for (const address of [SMART, RICH, NOBODY, PRECOMPILE]) {
      for (const src of [0n, 69n, 70n, 71n, 2n ** 32n, 2n ** 256n - 1n]) {
        const { next } = (await run(0x3c, copy(address, 5n, src, 40n), of)).proof;
        expect([next.ctl.mode, next.ctl.ret]).toEqual([MODE.copy, MODE.op]);
      }
    }
    const { next } = (await run(0x3c, copy(SMART, 2n ** 255n, 3n, 0n), of)).proof;
    expect(next.ctl.mode).toBe(MODE.op);
    expect(await price(0x3c, copy(SMART, 0n, 0n, 64n), of)).toBe(2_600 + 6);
    expect(await price(0x3c, copy(SMART, 60n, 0n, 64n), { ...of, warm: [SMART] })).toBe(
      100 + 6 + 6,
    );
    for (const [dst, len] of [
      [2n ** 27n, 1n],
      [0n, 2n ** 27n + 1n],
      [2n ** 256n - 1n, 2n],
      [1n, 2n ** 256n - 1n],
    ] as const) {
      await halts(0x3c, { ...copy(SMART, dst, 0n, len), gas: 2 ** 46 }, of);
    }
    await run(0x3c, { ...copy(SMART, 0n, 0n, 2n ** 27n), gas: 2 ** 46 }, of);
  });

  test("another code than the account's is refused", async () => {
    for (const [opcode, stack] of [
      [0x3b, [SMART]],
      [0x3c, [9n, 0n, 0n, SMART]],
    ] as const) {
      const proof = proofOf(opStep(opcode, { stack }, world()));
      const packed = proof.packed.slice();
      const place = Buffer.from(packed).indexOf(Buffer.from(CODE));
      packed[place + 3] = 0;
      expect(await solidity.execute("state", proof.pre, packed)).toMatchObject({
        error: "BadCode",
      });
    }
  });
});

const [A, B] = [0x1234n, 0xabcdef0123n];
/** EIP-2200's table with EIP-3529's refunds, slot warm: original, current, new, gas, refund. */
const SSTORE_TABLE: readonly (readonly [Word, Word, Word, number, number])[] = [
  [0n, 0n, 0n, 100, 0],
  [0n, 0n, A, 20_000, 0],
  [0n, A, 0n, 100, 19_900],
  [0n, A, A, 100, 0],
  [0n, A, B, 100, 0],
  [A, A, A, 100, 0],
  [A, A, 0n, 2_900, 4_800],
  [A, A, B, 2_900, 0],
  [A, 0n, 0n, 100, 0],
  [A, 0n, A, 100, -2_000],
  [A, 0n, B, 100, -4_800],
  [A, B, A, 100, 2_800],
  [A, B, 0n, 100, 4_800],
  [A, B, B, 100, 0],
];

describe("slots", () => {
  const SLOT = 5n;
  const others = Array.from({ length: 20 }, (_, i): [bigint, bigint] => [100n + BigInt(i), 1n]);
  const storage = (value: Word) =>
    new Map([...others, ...(value === 0n ? [] : [[SLOT, value] as [bigint, bigint]])]);

  test.each(SSTORE_TABLE)("SSTORE: original %s, current %s, new %s", async (...row) => {
    const [original, current, value, gas, refund] = row;
    const given = { stack: [8n, value, SLOT] };
    const loaded = world(
      { storage: storage(current) },
      { loaded: [[SELF, SLOT, original]], refund: 9_000 },
    );
    // The sentry of 2,300 lies above small prices.
    expect(await price(0x55, given, loaded, 2_301)).toBe(gas);
    const { next } = (await run(0x55, given, loaded)).proof;
    expect(next.rev.refund).toBe(9_000 + refund);
    expect(next.rev.logCount).toBe(3);
    expect(frameAfter(next).stack).toEqual([8n]);
    await halts(0x55, { ...given, gas: 2_300 }, loaded);
    const { mode } = (await run(0x55, { ...given, gas: 2_301 }, loaded)).proof.next.ctl;
    expect(mode).toBe(gas > 2_301 ? MODE.exit : MODE.op);

    // The first write of a transaction: what is there is the original.
    if (original !== current) return;
    const fresh = world({ storage: storage(current) });
    expect(await price(0x55, given, fresh, 2_301)).toBe(gas + 2_100);
    expect(await price(0x55, given, { ...fresh, listed: [[SELF, SLOT]] }, 2_301)).toBe(gas);
  });

  test("SSTORE and SLOAD where an account or its storage is not there", async () => {
    for (const where of [{ alloc: new Map() }, world()]) {
      await run(0x55, { stack: [A, SLOT] }, where);
      await run(0x55, { stack: [0n, SLOT] }, where);
      expect(await result(0x54, { stack: [SLOT] }, where)).toBe(0n);
    }
  });

  test("SSTORE of 0 takes slots away, down to an empty storage, with the nodes that merge", async () => {
    let left: [bigint, bigint][] = Array.from({ length: 40 }, (_, i) => [
      BigInt(i),
      BigInt(i + 1) ** 20n,
    ]);
    while (left.length > 0) {
      const [slot] = left[0] as [bigint, bigint];
      const { next } = (await run(0x55, { stack: [0n, slot] }, world({ storage: new Map(left) })))
        .proof;
      expect(next.ctl.mode).toBe(MODE.op);
      left = left.slice(1);
    }
  });

  test("SLOAD of cold, listed and loaded slots", async () => {
    const of = world({ storage: storage(A) });
    expect(await result(0x54, { stack: [1n, SLOT] }, of)).toBe(A);
    expect(await price(0x54, { stack: [SLOT] }, of)).toBe(2_100);
    expect(await price(0x54, { stack: [SLOT] }, { ...of, listed: [[SELF, SLOT]] })).toBe(100);
    const loaded = {
      ...of,
      loaded: [
        [SELF, SLOT, B],
        [SELF, 6n, B],
        [RICH, SLOT, B],
      ] as const,
    };
    expect(await price(0x54, { stack: [SLOT] }, loaded)).toBe(100);
    expect(await result(0x54, { stack: [SLOT] }, loaded)).toBe(A);
    expect(await result(0x54, { stack: [2n ** 256n - 1n] }, loaded)).toBe(0n);
  });

  test("TSTORE and TLOAD: set, change, take away", async () => {
    const transient = Array.from(
      { length: 20 },
      (_, i) => [SELF, BigInt(i), BigInt(i + 1)] as const,
    );
    const of = world({}, { transient: [...transient, [RICH, 50n, 9n]] });
    expect(await result(0x5c, { stack: [7n] }, of)).toBe(8n);
    expect(await result(0x5c, { stack: [50n] }, of)).toBe(0n);
    expect(await price(0x5c, { stack: [7n] }, of)).toBe(100);
    for (const [slot, value] of [
      [7n, 0n],
      [7n, 8n],
      [7n, DIRT],
      [50n, 0n],
      [50n, 1n],
      [51n, 127n],
      [52n, 128n],
    ] as const) {
      expect(await price(0x5d, { stack: [value, slot] }, of)).toBe(100);
    }
    for (let i = 0; i < 20; i++) {
      const some = world({}, { transient: transient.slice(i) });
      await run(0x5d, { stack: [0n, BigInt(i)] }, some);
    }
  });

  test("a typical SSTORE, with 9 nodes to the account, 6 to the slot and 3 to the warm slot, is within 600,000 gas on L1", async () => {
    const step = opStep(0x55, { stack: [B, SLOT] }, { loaded: manySlots(24) });
    step.s.rev = {
      ...step.s.rev,
      state: deepWorld(rng, { accountDepth: 9, slotDepth: 6 }, SLOT, A),
    };
    const checked = await solidity.check(step);
    expect(checked.proof.witness.nodes).toHaveLength(18);
    process.stdout.write(gasLine("SSTORE with 9 + 6 + 3 nodes", [checked]));
    expect(checked.l1Gas).toBeLessThanOrEqual(600_000);
  });

  test("SSTORE with paths of 64 nodes that a deletion shortens", async () => {
    const step = opStep(0x55, { stack: [0n, SLOT] }, { loaded: manySlots(2_000) });
    step.s.rev = {
      ...step.s.rev,
      state: deepWorld(rng, { accountDepth: 64, slotDepth: 64 }, SLOT, DIRT),
    };
    const checked = await solidity.check(step);
    expect(checked.proof.witness.nodes).toHaveLength(64 + 64 + 1 + 5);
    process.stdout.write(gasLine("SSTORE with 64 + 64 + 1 + 5 nodes", [checked]));
    expect(checked.bytes).toBeLessThanOrEqual(120_000);
    expect(checked.gas).toBeLessThanOrEqual(15_000_000);
  });

  function manySlots(count: number): [Word, Word, Word][] {
    return Array.from({ length: count }, (_, i): [Word, Word, Word] => [SELF, 5n + BigInt(i), A]);
  }
});

describe("SELFDESTRUCT and DESTROY", () => {
  const cases = [0n, 77n].flatMap((balance) =>
    [SELF, RICH, NOBODY, PRECOMPILE].flatMap((to) =>
      [true, false].flatMap((isCreated) => [{ balance, to, isCreated }]),
    ),
  );

  test.each(cases)(
    "balance $balance to $to, created in the transaction: $isCreated",
    async (row) => {
      const { balance, to, isCreated } = row;
      const created = isCreated ? [NOBODY, SELF] : [NOBODY];
      const of = world({ balance }, { created, destructs: [1n, 2n], warm: [SELF] });
      const isNew = to === NOBODY || to === PRECOMPILE;
      const cold = to === SELF || to === PRECOMPILE ? 0 : 2_600;
      const gas = 5_000 + cold + (isNew && balance > 0n ? 25_000 : 0);
      expect(await price(0xff, { stack: [3n, to + DIRT] }, of)).toBe(gas);

      let { next } = (await run(0xff, { stack: [3n, to + DIRT] }, of)).proof;
      let steps = 0;
      while (next.ctl.mode === MODE.destroy) {
        next = (await solidity.check({ ...opStep(0xff, { stack: [] }, of), s: next })).proof.next;
        steps++;
      }
      expect(next.ctl.mode).toBe(MODE.exit);
      expect(steps).toBe(balance > 0n && to !== SELF ? 2 : 1);
      const { state, destructs } = next.rev;
      expect(destructs).toEqual(isCreated ? [1n, 2n, SELF] : [1n, 2n]);
      const kept = to === SELF && !isCreated ? balance : 0n;
      expect(state?.get(SELF)?.balance).toBe(kept);
      if (to !== SELF)
        expect(state?.get(to)?.balance ?? 0n).toBe((to === RICH ? 10n ** 21n : 0n) + balance);
      expect(next.work.regs.slice(R.beneficiary, R.moved + 1)).toEqual([0n, 0n]);
    },
  );

  test("another mode and other opcodes are refused", async () => {
    const proof = proofOf(modeStep(rng, MODE.snap, { flags: {} }));
    const outcome = await solidity.execute("state", proof.pre, proof.packed);
    expect(outcome).toMatchObject({ error: "ForeignMode" });
    for (const opcode of [0x00, 0x01, 0x20, 0x30, 0x5e, 0xf1, 0xfe]) {
      const { pre, packed } = proofOf(
        opStep(opcode, { stack: [0n, 0n, 0n, 0n, 0n, 0n, 0n] }, world()),
      );
      expect(await solidity.execute("state", pre, packed)).toMatchObject({
        error: "ForeignOpcode",
      });
    }
  });
});

test("a changed witness is refused, or changes nothing", async () => {
  const of = world(
    {
      storage: new Map([
        [5n, A],
        [6n, B],
      ]),
    },
    { created: [SELF], transient: [[SELF, 1n, 2n]] },
  );
  const proofs = [
    ...[
      [0x54, [5n]],
      [0x55, [0n, 5n]],
      [0x31, [RICH]],
      [0x3c, [4n, 0n, 0n, SMART]],
      [0x5d, [0n, 1n]],
      [0xff, [RICH]],
    ].map(([opcode, stack]) => proofOf(opStep(opcode as number, { stack: stack as Word[] }, of))),
    proofOf(modeStep(rng, MODE.destroy, { ...of, regs: { [R.beneficiary]: RICH } })),
  ];
  let refused = 0;
  for (const proof of proofs) refused += await solidity.checkMutations(proof, "state", rng, 35);
  expect(refused).toBeGreaterThan(235);
});
