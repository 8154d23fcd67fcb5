import { expect, test } from "@jest/globals";
import { encodeBatch } from "../../src/protocol/index.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

test("garbage in the feed changes nothing for honest data after it", async () => {
  const world = await RollupWorld.create();
  for (const [i, data] of [
    new Uint8Array(0),
    new Uint8Array([1]),
    new Uint8Array(5_000).fill(255),
    new Uint8Array([1, 0, 9, 0, 2, 0, 0]),
    new Uint8Array([2, 0, 1, 0, 0]),
  ].entries()) {
    await world.sendTx(i);
    await world.tick();
    world.l1.postRaw(data);
    await world.tick();
  }
  await world.batch();
  await world.batch();
  const safe = await world.assertSameEverywhere();
  expect(safe.number).toBe((await world.unsafe()).number);
  expect(await world.includedTxs()).toHaveLength(5);
});

test("transactions that do not belong into a block are left out, and what follows is derived", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  await world.batch();
  const follower = await world.addNode();
  const junk = [new Uint8Array([0x7e, 1]), new Uint8Array([3, 1]), new Uint8Array(200)];
  const block = { dt: 1, originDelta: 0, hints: [7], transactions: junk };
  world.l1.postRaw(encodeBatch([block, { ...block, dt: 2 }]));
  world.l1.mine();
  await world.settle(follower);
  expect(await world.safe(follower)).toMatchObject({ number: 3n });
  await world.ticks(3);
  await world.batch();
  await world.assertSameEverywhere(follower);
  expect((await world.safe()).number).toBeGreaterThanOrEqual(6n);
});

test("a transaction that the engine drops is dropped again without moving the unsafe head", async () => {
  const world = await RollupWorld.createFake();
  await world.sendTx(0);
  await world.tick();
  const hash = await world.sendTx(1);
  world.main.engine.invalid.add(hash);
  await world.ticks(2);
  await world.batch();
  await world.assertSameEverywhere();
  expect(await world.includedTxs()).toHaveLength(1);
});

test("config changes take effect from the block after the one that consumes them", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  world.l1.configChange({ type: "gasLimit", gasLimit: 30_000_000n });
  await world.ticks(3);
  world.l1.configChange({ type: "minBaseFee", minBaseFee: 9n });
  world.l1.deposit({ mint: 1n });
  await world.ticks(3);
  await world.batch();
  const safe = await world.assertSameEverywhere();
  const header = await world.main.engine.getHeader(safe.number);
  expect(header?.gasLimit).toBe(30_000_000n);
});

test("deposits that do not fit one block are spread over several and derived alike", async () => {
  const world = await RollupWorld.create();
  await world.tick();
  for (let i = 0; i < 9; i += 1) world.l1.deposit({ gasLimit: 16_000_000n });
  await world.ticks(6);
  await world.batch();
  const safe = await world.assertSameEverywhere();
  expect(safe.number).toBe((await world.unsafe()).number);
  expect((await world.main.node.safeTip()).cursor.recordIndex).toBe(9n);
});
