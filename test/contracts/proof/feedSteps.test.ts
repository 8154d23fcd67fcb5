import { describe, expect, test } from "@jest/globals";
import { MODE } from "../../../src/proof/table.js";
import { encodeBatch } from "../../../src/protocol/index.js";
import {
  BlockProver,
  figuresText,
  machineOfWorld,
  proveBlocks,
} from "../../helpers/provenBlocks.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";
import type { FamilyName } from "../../helpers/stepEquivalence.js";

const OWN: ReadonlySet<FamilyName> = new Set(["feed", "blk", "records", "leaves"]);
const isOwn = (family: FamilyName): boolean => OWN.has(family);

/** Proves the steps of derivation and of the ends of blocks. */
async function proveOwn(world: RollupWorld) {
  const start = await machineOfWorld(world);
  const prover = await BlockProver.create(start);
  const figures = await proveBlocks(start, prover, { only: isOwn });
  process.stdout.write(figuresText(figures));
  expect(figures.missing.size).toBe(0);
  expect(start.machine.state.chain.number).toBe((await world.safe()).number);
  return figures;
}

describe("the contracts derive blocks and make their headers as the machine does", () => {
  test("deposits that carry data of every kind of length, and transfers", async () => {
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
    const { modes } = await proveOwn(world);
    for (const mode of [MODE.record, MODE.depdata, MODE.attr, MODE.txcopy, MODE.fold, MODE.seal]) {
      expect(modes.get(mode)?.steps).toBeGreaterThan(0);
    }
  });

  test("config changes, garbage and batches that end early", async () => {
    const world = await RollupWorld.create();
    await world.tick();
    world.l1.configChange({ type: "gasLimit", gasLimit: 30_000_000n });
    world.l1.configChange({
      type: "batcher",
      batcherHash: `0x${"00".repeat(12)}${"ab".repeat(20)}`,
    });
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
    const junk = [new Uint8Array([0x7e, 1]), new Uint8Array(0), new Uint8Array(200)];
    const block = { dt: 1, originDelta: 0, hints: [7], transactions: junk };
    world.l1.postRaw(encodeBatch([block, { ...block, dt: 2 }, { ...block, dt: 0 }]));
    world.l1.mine();
    await world.settle();
    world.l1.postRaw(encodeBatch([block, { ...block, originDelta: 9_999 }]));
    world.l1.postRaw(encodeBatch([{ ...block, dt: 60_000 }]));
    world.l1.postRaw(new Uint8Array(5_000).fill(255));
    world.l1.postRaw(new Uint8Array([1, 0, 9, 0, 2, 0, 0]));
    world.l1.postRaw(new Uint8Array([1, 0]));
    world.l1.mine();
    await world.ticks(3);
    await world.batch();
    const { modes } = await proveOwn(world);
    expect(modes.get(MODE.next)?.steps).toBeGreaterThan(modes.get(MODE.place)?.steps ?? 0);
  });
});
