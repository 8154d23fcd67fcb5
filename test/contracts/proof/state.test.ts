import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Word } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import { MODE, R } from "../../../src/proof/table.js";
import { keccak256 } from "../../../src/util/keccak.js";
import { proofOf } from "../../helpers/stepEquivalence.js";
import { modeStep, SELF } from "../../helpers/worldStates.js";
import { CODE, DIRT, NOBODY, PRECOMPILE, RICH, SMART, StateHarness } from "./stateHarness.js";

let h: StateHarness;

beforeAll(async () => {
  h = await StateHarness.create(11);
});

const [A, B] = [0x1234n, 0xabcdef0123n];

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
    const of = h.world();
    const words = (count: number) => Array.from({ length: count }, (): Word => 3n);
    const isOver = pushes > pops;
    if (pops > 0) {
      await h.halts(opcode, { stack: words(pops - 1) }, of);
      await h.halts(opcode, { stack: [] }, of);
    }
    if (isOver) await h.halts(opcode, { stack: words(1_024) }, of);
    else
      expect((await h.run(opcode, { stack: words(1_024) }, of)).proof.next.ctl.mode).not.toBe(
        MODE.exit,
      );
    if (isOver) await h.run(opcode, { stack: words(1_023) }, of);
    await h.halts(opcode, { stack: words(pops), gas: 0 }, of);
    if (writes) await h.halts(opcode, { stack: words(pops), isStatic: true }, of);
    else await h.run(opcode, { stack: words(pops), isStatic: true }, of);
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
      const cold = h.world();
      const warm = { ...cold, warm: [RICH, SMART, NOBODY, 1_000n] };
      for (const [address, expected] of [
        [RICH, rich],
        [SMART, smart],
        [NOBODY, nobody],
      ] as const) {
        const given = { stack: [8n, address + DIRT] };
        expect(await h.result(opcode, given, cold)).toBe(expected);
        expect(await h.result(opcode, given, warm)).toBe(expected);
        expect(await h.price(opcode, given, cold)).toBe(2_600);
        expect(await h.price(opcode, given, warm)).toBe(100);
      }
      for (const address of [1n, PRECOMPILE, 0x11n, 0x100n]) {
        expect(await h.result(opcode, { stack: [address] }, cold)).toBe(0n);
        expect(await h.price(opcode, { stack: [address] }, cold)).toBe(100);
      }
      for (const address of [0n, 0x12n, 0x101n]) {
        expect(await h.price(opcode, { stack: [address] }, cold)).toBe(2_600);
      }
    },
  );

  test("SELFBALANCE", async () => {
    const of = h.world();
    expect(await h.result(0x47, { stack: [] }, of)).toBe(77n);
    expect(await h.price(0x47, { stack: [] }, of)).toBe(5);
    expect(await h.result(0x47, { stack: [] }, { alloc: new Map() })).toBe(0n);
  });

  test("EXTCODECOPY takes the code to bufB, or nothing if nothing is copied", async () => {
    const of = h.world();
    const copy = (address: Word, dst: Word, src: Word, len: Word) => ({
      stack: [len, src, dst, address],
    });
    for (const address of [SMART, RICH, NOBODY, PRECOMPILE]) {
      for (const src of [0n, 69n, 70n, 71n, 2n ** 32n, 2n ** 256n - 1n]) {
        const { next } = (await h.run(0x3c, copy(address, 5n, src, 40n), of)).proof;
        expect([next.ctl.mode, next.ctl.ret]).toEqual([MODE.copy, MODE.op]);
      }
    }
    const { next } = (await h.run(0x3c, copy(SMART, 2n ** 255n, 3n, 0n), of)).proof;
    expect(next.ctl.mode).toBe(MODE.op);
    expect(await h.price(0x3c, copy(SMART, 0n, 0n, 64n), of)).toBe(2_600 + 6);
    expect(await h.price(0x3c, copy(SMART, 60n, 0n, 64n), { ...of, warm: [SMART] })).toBe(
      100 + 6 + 6,
    );
    for (const [dst, len] of [
      [2n ** 27n, 1n],
      [0n, 2n ** 27n + 1n],
      [2n ** 256n - 1n, 2n],
      [1n, 2n ** 256n - 1n],
    ] as const) {
      await h.halts(0x3c, { ...copy(SMART, dst, 0n, len), gas: 2 ** 46 }, of);
    }
    await h.run(0x3c, { ...copy(SMART, 0n, 0n, 2n ** 27n), gas: 2 ** 46 }, of);
  });

  test("another code than the account's is refused", async () => {
    for (const [opcode, stack] of [
      [0x3b, [SMART]],
      [0x3c, [9n, 0n, 0n, SMART]],
    ] as const) {
      const proof = proofOf(h.opStep(opcode, { stack }, h.world()));
      const packed = proof.packed.slice();
      const place = Buffer.from(packed).indexOf(Buffer.from(CODE));
      packed[place + 3] = 0;
      expect(await h.solidity.execute("state", proof.pre, packed)).toMatchObject({
        error: "BadCode",
      });
    }
  });
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
      const of = h.world({ balance }, { created, destructs: [1n, 2n], warm: [SELF] });
      const isNew = to === NOBODY || to === PRECOMPILE;
      const cold = to === SELF || to === PRECOMPILE ? 0 : 2_600;
      const gas = 5_000 + cold + (isNew && balance > 0n ? 25_000 : 0);
      expect(await h.price(0xff, { stack: [3n, to + DIRT] }, of)).toBe(gas);

      let { next } = (await h.run(0xff, { stack: [3n, to + DIRT] }, of)).proof;
      let steps = 0;
      while (next.ctl.mode === MODE.destroy) {
        next = (await h.solidity.check({ ...h.opStep(0xff, { stack: [] }, of), s: next })).proof
          .next;
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
    const proof = proofOf(modeStep(h.rng, MODE.snap, { flags: {} }));
    const outcome = await h.solidity.execute("state", proof.pre, proof.packed);
    expect(outcome).toMatchObject({ error: "ForeignMode" });
    for (const opcode of [0x00, 0x01, 0x20, 0x30, 0x5e, 0xf1, 0xfe]) {
      const { pre, packed } = proofOf(
        h.opStep(opcode, { stack: [0n, 0n, 0n, 0n, 0n, 0n, 0n] }, h.world()),
      );
      expect(await h.solidity.execute("state", pre, packed)).toMatchObject({
        error: "ForeignOpcode",
      });
    }
  });
});

test("a changed witness is refused, or changes nothing", async () => {
  const of = h.world(
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
    ].map(([opcode, stack]) => proofOf(h.opStep(opcode as number, { stack: stack as Word[] }, of))),
    proofOf(modeStep(h.rng, MODE.destroy, { ...of, regs: { [R.beneficiary]: RICH } })),
  ];
  let refused = 0;
  for (const proof of proofs) refused += await h.solidity.checkMutations(proof, "state", h.rng, 35);
  expect(refused).toBeGreaterThan(235);
});
