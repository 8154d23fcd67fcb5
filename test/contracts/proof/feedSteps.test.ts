import { describe, expect, test } from "@jest/globals";
import type { Machine } from "../../../src/proof/machine.js";
import type { MachineState } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import { encodeBatch } from "../../../src/protocol/index.js";
import { toHex } from "../../../src/util/hex.js";
import {
  BlockProver,
  figuresText,
  machineOfWorld,
  type OnStep,
  proveBlocks,
} from "../../helpers/provenBlocks.js";
import { Rng } from "../../helpers/randomProgram.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";
import { type FamilyName, familyOf } from "../../helpers/stepEquivalence.js";

const OWN: ReadonlySet<FamilyName> = new Set(["feed", "blk", "records", "leaves"]);
const ofDerivation = (s: MachineState): boolean => OWN.has(familyOf(s));
const JUNK = [new Uint8Array([0x7e, 1]), new Uint8Array(0), new Uint8Array(200)];
const BLOCK = { dt: 1, originDelta: 0, hints: [7], transactions: JUNK };

/** A batch as its bytes say, whatever the limits of the format are. */
function rawBatch(...blocks: { hints: number; txs: number[] }[]): Uint8Array {
  const parts = [Buffer.of(1, blocks.length >> 8, blocks.length & 255)];
  for (const { hints, txs } of blocks) {
    const head = Buffer.alloc(10 + 4 * hints);
    head.writeUInt16BE(1, 0);
    head.writeUInt16BE(hints, 6);
    head.writeUInt16BE(txs.length, 8 + 4 * hints);
    parts.push(head);
    for (const length of txs) {
      const tx = Buffer.alloc(3 + length, 9);
      tx.writeUIntBE(length, 0, 3);
      parts.push(tx);
    }
  }
  return Uint8Array.from(Buffer.concat(parts));
}

interface Options {
  only?: (s: MachineState) => boolean;
  mutations?: number;
}

/** Proves the steps of derivation and of the ends of blocks; of each mode's first steps some witnesses are changed. */
async function proveOwn(world: RollupWorld, { only = ofDerivation, mutations = 0 }: Options = {}) {
  const start = await machineOfWorld(world);
  const prover = await BlockProver.create(start);
  const rng = new Rng(4);
  const seen = new Map<number, number>();
  let refused = 0;
  const onStep: OnStep = async (proof, t, mode) => {
    const times = seen.get(mode) ?? 0;
    seen.set(mode, times + 1);
    if (times >= 2) return;
    for (let i = 0; i < mutations; i++) {
      const packed = proof.packed.slice();
      const place = rng.below(packed.length);
      packed[place] = (packed[place] as number) ^ (1 + rng.below(255));
      const outcome = await prover.execute(proof.pre, packed, t);
      if (outcome.ok) expect(outcome.data).toBe(toHex(proof.post));
      else refused++;
    }
  };
  const figures = await proveBlocks(start, prover, { only, onStep });
  process.stdout.write(figuresText(figures));
  expect(figures.missing.size).toBe(0);
  expect(start.machine.state.chain.number).toBe((await world.safe()).number);
  return { ...start, ...figures, prover, refused };
}

describe("the contracts derive blocks and make their headers as the machine does", () => {
  test("deposits that carry data of every kind of length, and transfers; lies are refused", async () => {
    const world = await RollupWorld.create();
    for (let i = 0; i < 3; i++) {
      await world.sendTx(i);
      await world.tick();
    }
    world.l1.deposit({ mint: 5n, value: 3n });
    world.l1.deposit({ to: null, data: Uint8Array.of(0x60, 1, 0x60, 0, 0xf3) });
    world.l1.deposit({ data: Uint8Array.of(7) });
    world.l1.deposit({ data: Uint8Array.of(0x80) });
    world.l1.deposit({ data: new Uint8Array(50_000).fill(3), gasLimit: 3_000_000n });
    world.l1.deposit({ data: new Uint8Array(4_096).fill(1), gasLimit: 3_000_000n });
    await world.ticks(3);
    await world.batch();
    const { modes, refused } = await proveOwn(world, { mutations: 8 });
    for (const mode of [MODE.record, MODE.depdata, MODE.attr, MODE.txcopy, MODE.fold, MODE.seal]) {
      expect(modes.get(mode)?.steps).toBeGreaterThan(0);
    }
    expect(refused).toBeGreaterThan(150);
  });

  test("config changes, garbage and batches that end early", async () => {
    const world = await RollupWorld.create();
    await world.tick();
    world.l1.configChange({ type: "gasLimit", gasLimit: 30_000_000n });
    const batcherHash = `0x${"00".repeat(12)}${"ab".repeat(20)}` as const;
    world.l1.configChange({ type: "batcher", batcherHash });
    await world.ticks(2);
    world.l1.configChange({ type: "minBaseFee", minBaseFee: 9n });
    world.l1.configChange({ type: "operatorFee", scalar: 5_000, constant: 77n });
    world.l1.configChange({ type: "feeScalars", baseFeeScalar: 900, blobBaseFeeScalar: 0 });
    world.l1.configChange({ type: "eip1559", denominator: 60, elasticity: 3 });
    world.l1.configChange({ type: "eip1559", denominator: 0, elasticity: 3 });
    world.l1.configChange({ type: "daFootprintGasScalar", scalar: 7 });
    world.l1.configChange({ type: "gasLimit", gasLimit: 1n });
    await world.sendTx(0);
    await world.ticks(3);
    await world.batch();
    world.l1.postRaw(encodeBatch([BLOCK, { ...BLOCK, dt: 2 }, { ...BLOCK, dt: 0 }]));
    world.l1.mine();
    await world.settle();
    world.l1.postRaw(encodeBatch([BLOCK, { ...BLOCK, originDelta: 9_999 }]));
    world.l1.postRaw(encodeBatch([{ ...BLOCK, dt: 60_000 }]));
    world.l1.postRaw(new Uint8Array(5_000).fill(255));
    world.l1.postRaw(new Uint8Array([1, 0, 9, 0, 2, 0, 0]));
    world.l1.postRaw(new Uint8Array([1, 0]));
    world.l1.mine();
    await world.ticks(3);
    await world.batch();
    const { modes } = await proveOwn(world);
    expect(modes.get(MODE.next)?.steps).toBeGreaterThan(modes.get(MODE.place)?.steps ?? 0);
  });

  test("batches that take several steps to load and to scan, too large blocks and transactions", async () => {
    const world = await RollupWorld.create();
    await world.tick();
    await world.batch();
    const none = { hints: 0, txs: [] };
    world.l1.postRaw(rawBatch({ hints: 2_000, txs: [30_000, 30_000, 40_000] }, none));
    world.l1.postRaw(rawBatch(none, { hints: 0, txs: [110_001, 0, 5] }));
    world.l1.postRaw(rawBatch({ hints: 2_000, txs: [112_000] }));
    world.l1.postRaw(rawBatch({ hints: 0, txs: new Array<number>(16_385).fill(0) }));
    world.l1.postRaw(
      rawBatch({ hints: 0, txs: new Array<number>(14_000).fill(0) }, none).subarray(0, 41_000),
    );
    world.l1.mine();
    await world.settle();
    const { modes } = await proveOwn(world);
    expect(modes.get(MODE.data)?.steps).toBeGreaterThan(12);
    expect(modes.get(MODE.scan)?.steps).toBeGreaterThan(modes.get(MODE.place)?.steps ?? 0);
  });

  test("deposits that are left over, and blocks that nobody has posted", async () => {
    const world = await RollupWorld.create();
    await world.ticks(2);
    await world.batch();
    for (let i = 0; i < 7; i++) world.l1.deposit({ mint: 3n, gasLimit: 16_000_000n });
    const forcer = world.addForcer(world.main);
    for (let i = 0; i < 40; i++) {
      world.l1.mine();
      await world.settle();
      if ((await forcer.step()).status === "progress") break;
    }
    await world.settle();
    const { modes } = await proveOwn(world);
    expect(modes.get(MODE.record)?.steps).toBeGreaterThan(7);
  });
});

describe("a block boundary", () => {
  test("does nothing within a slot, or behind the last entry", async () => {
    const world = await RollupWorld.create();
    await world.ticks(2);
    await world.batch();
    const within = await machineOfWorld(world);
    const prover = await BlockProver.create(within);
    await within.inputs.prepare(0n);
    within.machine.runTo(({ isAtBoundary, steps }) => steps > 0 && isAtBoundary);
    expect(within.machine.state.chain.entry.isOpen).toBe(true);
    await expectStutter(within.machine, prover);

    const { machine } = await proveOwn(world, { only: () => false });
    expect(machine.t % 2n ** 30n).toBe(0n);
    await expectStutter(machine, prover);
  });
});

async function expectStutter(machine: Machine, prover: BlockProver): Promise<void> {
  expect(machine.isAtBoundary).toBe(true);
  const proof = machine.witness();
  expect(toHex(proof.post)).toBe(toHex(proof.pre));
  await prover.prove(proof, machine.t);
}
