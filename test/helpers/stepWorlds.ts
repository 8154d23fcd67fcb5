import { encodeBatch } from "../../src/protocol/index.js";
import { fromHex } from "../../src/util/hex.js";
import { machineOfWorld } from "./provenBlocks.js";
import { RollupWorld } from "./rollupWorld.js";
import { type VerifierSteps, type Visit, walkWorld } from "./verifierSteps.js";

const JUNK = [new Uint8Array([0x7e, 1]), new Uint8Array(0), new Uint8Array(200)];
const BLOCK = { dt: 1, originDelta: 0, hints: [7], transactions: JUNK };

/** A batch of one block as its bytes say, whatever the limits of the format are. */
function rawBatch(hints: number, lengths: readonly number[]): Uint8Array {
  const head = Buffer.alloc(13 + 4 * hints);
  head[0] = 1;
  head[2] = 1;
  head.writeUInt16BE(1, 3);
  head.writeUInt16BE(hints, 9);
  head.writeUInt16BE(lengths.length, 11 + 4 * hints);
  const txs = lengths.map((length) => {
    const tx = Buffer.alloc(3 + length, 9);
    tx.writeUIntBE(length, 0, 3);
    return tx;
  });
  return Uint8Array.from(Buffer.concat([head, ...txs]));
}

/** Transfers and deposits of every kind, with data that takes several steps to load and to hash. */
async function busyWorld(): Promise<RollupWorld> {
  const world = await RollupWorld.create();
  await world.sendTx(0);
  await world.tick();
  world.l1.deposit({ mint: 5n, value: 3n });
  world.l1.deposit({ mint: 9n, value: 4n, to: null, data: fromHex("0x30ff") });
  world.l1.deposit({ mint: 9n, value: 4n, to: null, data: fromHex("0x60205ff3") });
  world.l1.deposit({ to: null, data: fromHex("0x620104005fa0"), gasLimit: 3_000_000n });
  world.l1.deposit({ data: new Uint8Array(70_000).fill(3), gasLimit: 4_000_000n });
  world.l1.deposit({ data: Uint8Array.of(7) });
  world.l1.deposit({ value: 10n ** 30n });
  await world.ticks(3);
  await world.batch();
  return world;
}

/** Changes of the configuration, batches and blocks that break rules, and large ones. */
async function oddWorld(): Promise<RollupWorld> {
  const world = await RollupWorld.create();
  await world.tick();
  world.l1.configChange({ type: "gasLimit", gasLimit: 30_000_000n });
  world.l1.configChange({ type: "feeScalars", baseFeeScalar: 900, blobBaseFeeScalar: 0 });
  await world.ticks(2);
  await world.batch();
  world.l1.postRaw(encodeBatch([BLOCK, { ...BLOCK, dt: 2 }, { ...BLOCK, dt: 0 }]));
  world.l1.mine();
  await world.settle();
  world.l1.postRaw(encodeBatch([BLOCK, { ...BLOCK, originDelta: 9_999 }]));
  world.l1.postRaw(new Uint8Array(5_000).fill(255));
  world.l1.postRaw(new Uint8Array([1, 0, 9, 0, 2, 0, 0]));
  world.l1.postRaw(rawBatch(2_000, [30_000, 30_000, 40_000]));
  world.l1.postRaw(rawBatch(0, [110_001, 0, 5]));
  world.l1.mine();
  await world.settle();
  return world;
}

/** Deposits that do not fit in their block, and blocks that nobody has posted. */
async function forcedWorld(): Promise<RollupWorld> {
  const world = await RollupWorld.create();
  await world.ticks(2);
  await world.batch();
  for (let i = 0; i < 3; i++) world.l1.deposit({ mint: 3n, gasLimit: 16_000_000n });
  const forcer = world.addForcer(world.main);
  for (let i = 0; i < 40; i++) {
    world.l1.mine();
    await world.settle();
    if ((await forcer.step()).status === "progress") break;
  }
  await world.settle();
  return world;
}

/** Whole blocks of a few worlds, from genesis on. */
export async function visitWorlds(verifier: VerifierSteps, visit: Visit): Promise<void> {
  const worlds = { busy: busyWorld, odd: oddWorld, forced: forcedWorld };
  for (const [name, make] of Object.entries(worlds)) {
    const start = await machineOfWorld(await make());
    await walkWorld(name, start, await verifier.feeds(start), visit);
  }
}
