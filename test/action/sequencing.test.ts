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
