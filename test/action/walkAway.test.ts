import { expect, test } from "@jest/globals";
import { RollupWorld } from "../helpers/rollupWorld.js";

test("walk-away: with sequencer and batcher gone, anybody forces a deposit into the safe chain", async () => {
  const world = await RollupWorld.create();
  await world.ticks(2);
  await world.batch();
  const verifier = await world.addNode();
  const forcer = world.addForcer(verifier);
  world.l1.deposit({ mint: 3n });
  world.l1.mine();
  const depositTime = world.l1.head.time;
  for (;;) {
    await world.settle(verifier);
    if ((await forcer.step()).status === "progress") break;
    world.l1.mine();
  }
  await world.settle(verifier);
  expect(Number(world.l1.head.time - depositTime)).toBeLessThanOrEqual(60 + 20);
  expect((await verifier.node.safeTip()).cursor.recordIndex).toBe(1n);
  await world.assertSameEverywhere(verifier);
});

test("a forced inclusion under a living sequencer: its pending blocks are rebuilt on top", async () => {
  const world = await RollupWorld.create();
  const forcer = world.addForcer(world.main);
  await world.ticks(2);
  await world.batch();
  world.l1.deposit({ mint: 3n });
  for (let i = 0; i < 40; i += 1) {
    if (i % 4 === 0) await world.sendTx(i / 4);
    await world.tick();
    await forcer.step();
  }
  expect(world.l1.head.entries).toHaveLength(2);
  await world.batch();
  await world.batch();
  const safe = await world.assertSameEverywhere();
  expect(safe.number).toBe((await world.unsafe()).number);
  expect(await world.includedTxs()).toHaveLength(10);
});

test("rebuild: without the node's store the same heads come back, and no block is executed twice", async () => {
  const world = await RollupWorld.createFake();
  world.l1.deposit({ mint: 3n });
  await world.ticks(4);
  await world.batch();
  await world.ticks(3);
  const unsafe = await world.unsafe();
  const { builds } = world.main.engine;
  const reborn = await world.addNode({ engine: world.main.engine });
  await world.settle(reborn);
  expect((await world.unsafe(reborn)).hash).toBe(unsafe.hash);
  expect(await world.safe(reborn)).toEqual(await world.safe());
  expect(reborn.engine.builds).toBe(builds);
  expect((await reborn.node.unsafeTip())?.cursor.l2Number).toBe(unsafe.number);
});

test("rebuild: with an empty engine under an old node store everything is derived again", async () => {
  const world = await RollupWorld.create();
  await world.ticks(4);
  await world.batch();
  const safe = await world.safe();
  const reborn = await world.addNode({ store: world.main.store });
  await world.settle(reborn);
  expect(await world.safe(reborn)).toEqual(safe);
});

test("a restarted server goes on where it stood", async () => {
  const world = await RollupWorld.create();
  await world.ticks(4);
  await world.batch();
  await world.ticks(2);
  const reborn = await world.addNode({ engine: world.main.engine, store: world.main.store });
  expect(reborn.node.readinessProblems()).not.toEqual([]);
  const sequencer = world.addSequencer(reborn);
  expect((await sequencer.step()).status).toBe("waiting");
  await world.settle(reborn);
  expect(reborn.node.readinessProblems()).toEqual([]);
  world.clock.advance(4_000);
  expect((await sequencer.step()).status).toBe("progress");
});

test("far behind, the sequencer takes one block with a larger dt", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  const { number } = await world.unsafe();
  world.clock.advance(3_600_000);
  world.l1.mine(1, world.l1.head.time + 3_600n);
  await world.settle();
  while ((await world.sequencer.step()).status === "progress");
  const after = await world.unsafe();
  expect(after.number).toBe(number + 1n);
  expect(Number(after.timestamp)).toBe(Math.floor(world.clock.nowMs() / 1000));
});

test("when L1 stands still, blocks go on without transactions after 1,800 s and are derived later", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  for (let i = 0; i < 20; i += 1) {
    world.clock.advance(120_000);
    if (i > 16) await world.sendTx(i - 17);
    await world.settle();
    await world.sequencer.step();
  }
  expect(await world.includedTxs()).toHaveLength(0);
  world.l1.mine(1, BigInt(Math.floor(world.clock.nowMs() / 1000)));
  await world.batch();
  await world.ticks(2);
  await world.batch();
  await world.batch();
  const safe = await world.assertSameEverywhere();
  expect(safe.number).toBe((await world.unsafe()).number);
  expect(await world.includedTxs()).toHaveLength(3);
});
