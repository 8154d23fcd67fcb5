import { describe, expect, test } from "@jest/globals";
import { defaultMachineConfig, MachineTracker } from "../../src/services/machine/machineTracker.js";
import { RootStore } from "../../src/services/machine/rootStore.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

function trackerOf(world: RollupWorld, roots = new RootStore(new MemoryStore())) {
  const { clock, logger, l1, main } = world;
  const tracker = new MachineTracker(defaultMachineConfig, {
    node: main.node,
    engine: main.engine,
    l1,
    roots,
    clock,
    logger,
  });
  return { tracker, roots };
}

async function catchUp(tracker: MachineTracker): Promise<number> {
  let entries = 0;
  while ((await tracker.step()).status === "progress") entries++;
  return entries;
}

describe("machine roots in the background", () => {
  test("each derived block gets its root, and a second machine started in the middle comes to the same", async () => {
    const world = await RollupWorld.create();
    for (let i = 0; i < 4; i++) {
      await world.sendTx(i);
      world.l1.deposit({ mint: 5n, value: 3n });
      await world.ticks(2);
      await world.batch();
    }
    const store = new MemoryStore();
    const { tracker, roots } = trackerOf(world, new RootStore(store));
    expect((await tracker.step()).status).toBe("progress");
    const resumed = trackerOf(world, new RootStore(store));
    expect(await catchUp(resumed.tracker)).toBe(Number(world.main.node.feeds.derivedCount) - 1);
    const other = trackerOf(world);
    await catchUp(other.tracker);
    for (let number = 1n; number <= (await world.safe()).number; number++) {
      const header = await world.main.engine.getHeader(number);
      const root = resumed.roots.getBlock(header?.hash ?? "0x");
      expect(root).toEqual(other.roots.getBlock(header?.hash ?? "0x"));
      expect(root?.number).toBe(number);
      expect(root?.steps).toBeGreaterThan(50);
    }
    expect(roots.getEntry(0n)).toEqual(other.roots.getEntry(0n));
  });

  test("after an L1 reorg the roots are those of the new entries", async () => {
    const world = await RollupWorld.create();
    await world.sendTx(0);
    await world.ticks(2);
    await world.batch();
    const { tracker, roots } = trackerOf(world);
    await catchUp(tracker);
    const before = roots.getEntry(0n);
    world.l1.reorg(3);
    world.l1.mine();
    await world.settle();
    await world.ticks(3);
    await world.batch();
    await world.batch();
    await catchUp(tracker);
    expect(roots.entryCount).toBe(world.main.node.feeds.derivedCount);
    expect(roots.getEntry(0n)?.entryHash).not.toBe(before?.entryHash);
    expect(roots.getEntry(0n)?.entryHash).toBe(world.main.node.feeds.getEntry(0n)?.hash);
  });
});
