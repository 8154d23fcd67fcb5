import { expect, test } from "@jest/globals";
import { RollupWorld } from "../helpers/rollupWorld.js";

const isDeposit = (label: string) => label === "deposit";

/** A world with some blocks posted, some pending, and one transaction per block. */
async function busyWorld(options: { posted: number; pending: number }) {
  const world = await RollupWorld.create();
  const follower = await world.addNode();
  const sent: string[] = [];
  const run = async (ticks: number) => {
    for (let i = 0; i < ticks; i += 1) {
      sent.push(await world.sendTx(sent.length));
      await world.tick();
    }
  };
  await run(options.posted);
  if (options.posted > 0) await world.batch();
  await world.settle(follower);
  await run(options.pending);
  return { world, follower, sent, run };
}

/** Goes on for a while and checks that nothing was lost and everybody agrees. */
async function expectRecovery({
  world,
  follower,
  sent,
  run,
}: Awaited<ReturnType<typeof busyWorld>>): Promise<void> {
  await run(3);
  await world.batch();
  await world.batch();
  const safe = await world.assertSameEverywhere(follower);
  expect(safe.number).toBe((await world.unsafe()).number);
  expect((await world.includedTxs()).sort()).toEqual([...sent].sort());
}

test("reorg: an origin goes before its block was appended", async () => {
  const scene = await busyWorld({ posted: 4, pending: 4 });
  const before = await scene.world.unsafe();
  scene.world.l1.reorg(4);
  await scene.world.settle();
  const after = await scene.world.unsafe();
  expect(after.number).toBeLessThan(before.number);
  expect(scene.world.poolSize()).toBeGreaterThan(0);
  await expectRecovery(scene);
});

test("reorg: an origin goes after its block was appended", async () => {
  const scene = await busyWorld({ posted: 4, pending: 0 });
  const before = await scene.world.safe();
  scene.world.l1.reorg(4, { keep: () => true, delayKept: 2 });
  await scene.world.settle();
  expect((await scene.world.safe()).number).toBeLessThan(before.number);
  await expectRecovery(scene);
});

test("reorg: an entry vanishes, its origins stay: the unsafe chain stays and is posted again", async () => {
  const scene = await busyWorld({ posted: 4, pending: 2 });
  const before = await scene.world.unsafe();
  const entryNumber = scene.world.l1.head.entries[0]?.header.l1Number ?? 0n;
  const depth = Number(scene.world.l1.head.number - entryNumber) + 1;
  // Pending blocks lie on origins that go, so go back to before them.
  expect(depth).toBeGreaterThan(1);
  scene.world.l1.reorg(depth);
  await scene.world.settle();
  expect((await scene.world.safe()).number).toBe(0n);
  expect((await scene.world.unsafe()).number).toBeGreaterThanOrEqual(4n);
  expect((await scene.world.unsafe()).number).toBeLessThanOrEqual(before.number);
  await expectRecovery(scene);
});

test("reorg: an entry moves to another L1 block", async () => {
  const scene = await busyWorld({ posted: 4, pending: 0 });
  const safe = await scene.world.safe();
  scene.world.l1.reorg(1, { keep: () => true, delayKept: 1, newBlocks: 3 });
  await scene.world.settle();
  expect(await scene.world.safe()).toEqual(safe);
  await expectRecovery(scene);
});

test("reorg: a deposit moves to another L1 block", async () => {
  const scene = await busyWorld({ posted: 2, pending: 1 });
  scene.world.l1.deposit({ mint: 7n });
  await scene.run(2);
  scene.world.l1.reorg(2, { keep: isDeposit, delayKept: 1 });
  await expectRecovery(scene);
  expect(scene.world.l1.head.records).toHaveLength(1);
});

test("reorg: a deposit moves after its block was appended", async () => {
  const scene = await busyWorld({ posted: 2, pending: 1 });
  scene.world.l1.deposit({ mint: 7n });
  await scene.run(2);
  await scene.world.batch();
  scene.world.l1.reorg(5, { keep: isDeposit, delayKept: 3 });
  await expectRecovery(scene);
});

test("reorg: a deposit vanishes", async () => {
  const scene = await busyWorld({ posted: 2, pending: 1 });
  scene.world.l1.deposit({ mint: 7n });
  await scene.run(2);
  scene.world.l1.reorg(3);
  await expectRecovery(scene);
  expect(scene.world.l1.head.records).toHaveLength(0);
});

test("reorg: deeper than everything pending, over several entries", async () => {
  const scene = await busyWorld({ posted: 1, pending: 1 });
  scene.world.l1.finalityDepth = 64n;
  for (let i = 0; i < 4; i += 1) {
    scene.world.l1.deposit({ mint: 1n });
    await scene.run(2);
    await scene.world.batch();
  }
  await scene.world.settle(scene.follower);
  scene.world.l1.reorg(12, { keep: isDeposit, newBlocks: 14 });
  await expectRecovery(scene);
});

test("reorg: to a shorter L1 chain", async () => {
  const scene = await busyWorld({ posted: 3, pending: 3 });
  scene.world.l1.reorg(5, { newBlocks: 1 });
  await expectRecovery(scene);
});

test("reorg: below a finalized entry stops the node with an incident, and reads go on", async () => {
  const scene = await busyWorld({ posted: 3, pending: 0 });
  const { world } = scene;
  world.l1.mine(10);
  await world.settle();
  expect((await world.main.node.syncStatus()).finalizedL2.number).toBe(3n);
  world.l1.reorg(12);
  await expect(world.settle()).rejects.toMatchObject({ code: "NODE_FINALITY_VIOLATION" });
  expect(await world.main.node.step()).toMatchObject({ status: "waiting" });
  expect(world.main.node.readinessProblems()[0]).toMatch("NODE_FINALITY_VIOLATION");
  expect((await world.main.node.syncStatus()).safeL2.number).toBe(0n);
});

test("a lagging L1 is noticed and takes nothing back", async () => {
  const { world } = await busyWorld({ posted: 3, pending: 2 });
  const unsafe = await world.unsafe();
  world.l1.lag = 3;
  await expect(world.main.node.step()).rejects.toMatchObject({ code: "NODE_L1_LAGS" });
  world.l1.lag = 0;
  await world.settle();
  expect((await world.unsafe()).hash).toBe(unsafe.hash);
});
