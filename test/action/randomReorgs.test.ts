import { expect, test } from "@jest/globals";
import { RollupWorld } from "../helpers/rollupWorld.js";

/** Numbers 0..below-1 that follow from the seed. */
function randomSource(seed: number): (below: number) => number {
  let state = seed + 0x9e3779b9;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

/** One story: everything happens in any order, then L1 comes to rest, and all must agree. */
async function play(seed: number): Promise<void> {
  const random = randomSource(seed);
  const world = await RollupWorld.createFake();
  world.l1.finalityDepth = 200n;
  const follower = await world.addNode();
  const forcer = world.addForcer(follower);
  let nonce = 0;
  const actions: (() => unknown)[] = [
    () => world.tick(),
    () => world.tick(),
    () => world.batch(),
    async () => world.sendTx(nonce++),
    () => world.l1.deposit({ gasLimit: BigInt(21_000 + random(16_000_000)) }),
    () => world.l1.configChange({ type: "minBaseFee", minBaseFee: BigInt(random(1_000)) }),
    () => world.l1.postRaw(new Uint8Array(random(40)).fill(random(3))),
    () => world.l1.mine(1 + random(4)),
    () => world.settle(follower),
    () => forcer.step(),
    () => world.clock.advance(random(60_000)),
    () => {
      if (world.l1.blocks.length < 2) return;
      const depth = 1 + random(Math.min(12, world.l1.blocks.length - 1));
      const keep = random(3);
      const newBlocks = 1 + random(depth + 2);
      world.l1.reorg(depth, {
        keep: () => keep === 0 || (keep === 1 && random(2) === 0),
        newBlocks,
        delayKept: random(newBlocks),
      });
    },
  ];
  for (let i = 0; i < 60; i += 1) await actions[random(actions.length)]?.();
  for (let i = 0; i < 5; i += 1) {
    await world.ticks(2);
    await world.batch();
  }
  const safe = await world.assertSameEverywhere(follower);
  expect(safe.number).toBe((await world.unsafe()).number);
  const included = await world.includedTxs();
  expect(new Set(included).size).toBe(included.length);
  const { cursor } = await world.main.node.safeTip();
  expect(Number(cursor.recordIndex)).toBe(world.l1.head.records.length);
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "whatever L1 does, everybody ends with the same safe chain, and it goes on: seed %i",
  (seed) => play(seed),
);
