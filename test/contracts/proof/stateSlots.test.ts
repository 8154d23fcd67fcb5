import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Word } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import { gasLine } from "../../helpers/stepEquivalence.js";
import { deepWorld, frameAfter, SELF } from "../../helpers/worldStates.js";
import { DIRT, RICH, StateHarness } from "./stateHarness.js";

let h: StateHarness;

beforeAll(async () => {
  h = await StateHarness.create(12);
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
    const loaded = h.world(
      { storage: storage(current) },
      { loaded: [[SELF, SLOT, original]], refund: 9_000 },
    );
    // The sentry of 2,300 lies above small prices.
    expect(await h.price(0x55, given, loaded, 2_301)).toBe(gas);
    const { next } = (await h.run(0x55, given, loaded)).proof;
    expect(next.rev.refund).toBe(9_000 + refund);
    expect(next.rev.logCount).toBe(3);
    expect(frameAfter(next).stack).toEqual([8n]);
    await h.halts(0x55, { ...given, gas: 2_300 }, loaded);
    const { mode } = (await h.run(0x55, { ...given, gas: 2_301 }, loaded)).proof.next.ctl;
    expect(mode).toBe(gas > 2_301 ? MODE.exit : MODE.op);

    // The first write of a transaction: what is there is the original.
    if (original !== current) return;
    const fresh = h.world({ storage: storage(current) });
    expect(await h.price(0x55, given, fresh, 2_301)).toBe(gas + 2_100);
    expect(await h.price(0x55, given, { ...fresh, listed: [[SELF, SLOT]] }, 2_301)).toBe(gas);
  });

  test("SSTORE and SLOAD where an account or its storage is not there", async () => {
    for (const where of [{ alloc: new Map() }, h.world()]) {
      await h.run(0x55, { stack: [A, SLOT] }, where);
      await h.run(0x55, { stack: [0n, SLOT] }, where);
      expect(await h.result(0x54, { stack: [SLOT] }, where)).toBe(0n);
    }
  });

  test("SSTORE of 0 takes slots away, down to an empty storage, with the nodes that merge", async () => {
    let left: [bigint, bigint][] = Array.from({ length: 40 }, (_, i) => [
      BigInt(i),
      BigInt(i + 1) ** 20n,
    ]);
    while (left.length > 0) {
      const [slot] = left[0] as [bigint, bigint];
      const { next } = (
        await h.run(0x55, { stack: [0n, slot] }, h.world({ storage: new Map(left) }))
      ).proof;
      expect(next.ctl.mode).toBe(MODE.op);
      left = left.slice(1);
    }
  });

  test("SLOAD of cold, listed and loaded slots", async () => {
    const of = h.world({ storage: storage(A) });
    expect(await h.result(0x54, { stack: [1n, SLOT] }, of)).toBe(A);
    expect(await h.price(0x54, { stack: [SLOT] }, of)).toBe(2_100);
    expect(await h.price(0x54, { stack: [SLOT] }, { ...of, listed: [[SELF, SLOT]] })).toBe(100);
    const loaded = {
      ...of,
      loaded: [
        [SELF, SLOT, B],
        [SELF, 6n, B],
        [RICH, SLOT, B],
      ] as const,
    };
    expect(await h.price(0x54, { stack: [SLOT] }, loaded)).toBe(100);
    expect(await h.result(0x54, { stack: [SLOT] }, loaded)).toBe(A);
    expect(await h.result(0x54, { stack: [2n ** 256n - 1n] }, loaded)).toBe(0n);
  });

  test("TSTORE and TLOAD: set, change, take away", async () => {
    const transient = Array.from(
      { length: 20 },
      (_, i) => [SELF, BigInt(i), BigInt(i + 1)] as const,
    );
    const of = h.world({}, { transient: [...transient, [RICH, 50n, 9n]] });
    expect(await h.result(0x5c, { stack: [7n] }, of)).toBe(8n);
    expect(await h.result(0x5c, { stack: [50n] }, of)).toBe(0n);
    expect(await h.price(0x5c, { stack: [7n] }, of)).toBe(100);
    for (const [slot, value] of [
      [7n, 0n],
      [7n, 8n],
      [7n, DIRT],
      [50n, 0n],
      [50n, 1n],
      [51n, 127n],
      [52n, 128n],
    ] as const) {
      expect(await h.price(0x5d, { stack: [value, slot] }, of)).toBe(100);
    }
    for (let i = 0; i < 20; i++) {
      const some = h.world({}, { transient: transient.slice(i) });
      await h.run(0x5d, { stack: [0n, BigInt(i)] }, some);
    }
  });

  test("a typical SSTORE, with 9 nodes to the account, 6 to the slot and 3 to the warm slot, is within 600,000 gas on L1", async () => {
    const step = h.opStep(0x55, { stack: [B, SLOT] }, { loaded: manySlots(24) });
    step.s.rev = {
      ...step.s.rev,
      state: deepWorld(h.rng, { accountDepth: 9, slotDepth: 6 }, SLOT, A),
    };
    const checked = await h.solidity.check(step);
    expect(checked.proof.witness.nodes).toHaveLength(18);
    process.stdout.write(gasLine("SSTORE with 9 + 6 + 3 nodes", [checked]));
    expect(checked.l1Gas).toBeLessThanOrEqual(600_000);
  });

  test("SSTORE with paths of 64 nodes that a deletion shortens", async () => {
    const step = h.opStep(0x55, { stack: [0n, SLOT] }, { loaded: manySlots(2_000) });
    step.s.rev = {
      ...step.s.rev,
      state: deepWorld(h.rng, { accountDepth: 64, slotDepth: 64 }, SLOT, DIRT),
    };
    const checked = await h.solidity.check(step);
    expect(checked.proof.witness.nodes).toHaveLength(64 + 64 + 1 + 5);
    process.stdout.write(gasLine("SSTORE with 64 + 64 + 1 + 5 nodes", [checked]));
    expect(checked.bytes).toBeLessThanOrEqual(120_000);
    expect(checked.gas).toBeLessThanOrEqual(15_000_000);
  });

  function manySlots(count: number): [Word, Word, Word][] {
    return Array.from({ length: count }, (_, i): [Word, Word, Word] => [SELF, 5n + BigInt(i), A]);
  }
});
