import { expect, test } from "@jest/globals";
import { RollupWorld } from "../helpers/rollupWorld.js";

test("a second node derives the blocks that the first one sequenced and posted", async () => {
  const world = await RollupWorld.create();
  world.l1.deposit({ mint: 5n, value: 5n });
  for (let i = 0; i < 6; i += 1) {
    await world.sendTx(i);
    await world.tick();
  }
  const unsafe = await world.unsafe();
  expect(unsafe.number).toBe(6n);
  await world.batch();
  expect(await world.safe()).toEqual({ number: 6n, hash: unsafe.hash });

  const follower = await world.addNode();
  await world.settle(follower);
  expect(await world.safe(follower)).toEqual({ number: 6n, hash: unsafe.hash });
});

test("the sequencer never skips an L1 block that holds a record and takes the newest otherwise", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  world.l1.mine(5);
  world.l1.deposit({});
  world.l1.mine();
  const withDeposit = world.l1.head.number;
  world.l1.mine(3);
  world.clock.advance(30_000);
  await world.settle();
  const origins: bigint[] = [];
  for (let i = 0; i < 2; i += 1) {
    world.clock.advance(2_000);
    await world.sequencer.step();
    origins.push((await world.main.node.syncStatus()).unsafeL2.l1Origin.number);
  }
  expect(origins[0]).toBe(withDeposit);
  expect(origins[1]).toBe(world.l1.head.number);
});

test("who waits in the pool is taken in the next second; who never is, keeps the pace", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  const { engine } = world.main;
  const waiting = { pending: 0, queued: 0, bytes: 0 };
  const pool = { status: () => waiting, bytes: () => waiting.bytes };
  const sequencer = world.addSequencer(world.main, pool);
  const heights: bigint[] = [];
  const stepAfter = async (ms: number) => {
    world.clock.advance(ms);
    await sequencer.step();
    heights.push((await world.unsafe()).number);
  };
  await stepAfter(1_000);
  await world.sendTx(0);
  waiting.pending = 1;
  await stepAfter(0);
  // Nobody tells this pool that its transaction was taken: a block without it is made once, and then the pace holds.
  await stepAfter(1_000);
  await stepAfter(1_000);
  await stepAfter(1_000);
  expect(heights).toEqual([1n, 2n, 3n, 3n, 4n]);
  expect((await engine.getHeader("latest"))?.number).toBe(4n);
  // As much as a block holds: at once, but at most a second ahead.
  waiting.pending = 2;
  waiting.bytes = 200_000;
  await stepAfter(0);
  await stepAfter(0);
  expect(heights.slice(5)).toEqual([5n, 5n]);
  const { timestamp = 0n } = (await engine.getHeader("latest")) ?? {};
  expect(Number(timestamp) * 1_000 - world.clock.nowMs()).toBeLessThanOrEqual(1_000);
});
