import { describe, expect, test } from "@jest/globals";
import { genesisCursor } from "../../src/derive/index.js";
import { boundaryState } from "../../src/proof/boundaryState.js";
import { Machine } from "../../src/proof/machine.js";
import { rootsAt, witnessAt } from "../../src/proof/section.js";
import { cloneState } from "../../src/proof/state/cloneState.js";
import { wordToBytes } from "../../src/proof/state/wordBytes.js";
import { encodeBatch } from "../../src/protocol/index.js";
import { FeedInputs } from "../../src/services/machine/feedInputs.js";
import { type Hash, toHex } from "../../src/util/hex.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

/** A machine at genesis, with the inputs of a world whose node is settled. */
async function machineOf(world: RollupWorld) {
  await world.settle();
  const { engine, node } = world.main;
  const header = await engine.getHeader(0n);
  if (header === undefined) throw new Error("no genesis");
  const inputs = new FeedInputs({ engine, feeds: node.feeds, l1: world.l1 });
  const end = node.feeds.derivedCount;
  const state = boundaryState({
    chainId: BigInt(world.config.chain.l2ChainId),
    header,
    cursor: genesisCursor(world.config),
    hashOf: () => header.hash,
  });
  const machine = new Machine({ state, inputs, entryBound: end });
  return { machine, inputs, end, prepare: (entry: bigint) => inputs.prepare(entry) };
}

/** Runs the machine over every entry from genesis; compares each block with the engine's. Returns how many. */
async function runAll(world: RollupWorld): Promise<number> {
  const { machine, end, prepare } = await machineOf(world);
  const { engine } = world.main;
  let blocks = 0;
  for (let entry = 0n; entry < end; entry++) {
    await prepare(entry);
    while (machine.state.chain.entryIndex === entry) {
      const before = machine.state.chain.number;
      if (machine.isAtBoundary) machine.skipToSlot();
      machine.runTo(
        ({ state }) => state.chain.number !== before || state.chain.entryIndex !== entry,
      );
      const { number, lastHash } = machine.state.chain;
      if (number === before) continue;
      blocks++;
      const expected = await engine.getHeader(number);
      expect({ number, hash: toHex(wordToBytes(lastHash)) as Hash }).toEqual({
        number,
        hash: expected?.hash,
      });
    }
  }
  expect(machine.state.chain.number).toBe((await world.safe()).number);
  return blocks;
}

/** Proves every step of some blocks in TypeScript alone: each root after a step is the root before the next. */
function proveSteps(machine: Machine, blocks: bigint): number {
  const end = machine.state.chain.number + blocks;
  let expected: string | undefined;
  let steps = 0;
  let largest = 0;
  while (machine.state.chain.number < end) {
    if (machine.isAtBoundary) machine.skipToSlot();
    const proof = machine.witness();
    if (expected !== undefined) expect(toHex(proof.pre)).toBe(expected);
    expected = toHex(proof.post);
    machine.step();
    steps++;
    largest = Math.max(largest, proof.packed.length);
    expect(toHex(machine.root())).toBe(expected);
  }
  process.stdout.write(`${steps} steps proven, the largest witness has ${largest} bytes\n`);
  return steps;
}

describe("the machine's blocks are the engine's", () => {
  test("transfers, and deposits that succeed, revert, create and carry much data", async () => {
    const world = await RollupWorld.create();
    for (let i = 0; i < 6; i++) {
      await world.sendTx(i);
      await world.tick();
    }
    world.l1.deposit({ mint: 5n, value: 3n });
    world.l1.deposit({ to: null, data: Uint8Array.of(0x60, 1, 0x60, 0, 0xf3) });
    world.l1.deposit({ to: null, data: Uint8Array.of(0xfe) });
    world.l1.deposit({ data: Uint8Array.of(7) });
    world.l1.deposit({ data: new Uint8Array(50_000).fill(3), gasLimit: 3_000_000n });
    world.l1.deposit({ value: 10n ** 30n });
    await world.ticks(3);
    await world.batch();
    await world.batch();
    expect(await runAll(world)).toBeGreaterThan(8);
  });

  test("roots at positions, and the witness at one, are those of the steps", async () => {
    const world = await RollupWorld.create();
    await world.sendTx(0);
    await world.ticks(2);
    await world.batch();
    const slot = 2n ** 30n;
    const { machine, inputs, end, prepare } = await machineOf(world);
    await prepare(0n);
    const state = cloneState(machine.state);
    const fresh = () => new Machine({ state: cloneState(state), inputs, entryBound: end });
    const roots: string[] = [toHex(machine.root())];
    while (machine.state.chain.number === 0n) {
      machine.step();
      roots.push(toHex(machine.root()));
    }
    const last = roots.length - 1;
    const positions = [0, 1, 7, 50, last - 1, last].map(BigInt);
    const far = [...positions, slot - 1n, slot, slot + 1n];
    const found = rootsAt(fresh(), far).map((root) => toHex(root));
    expect(found.slice(0, 6)).toEqual(positions.map((position) => roots[Number(position)]));
    // The boundary stutters until the next slot, where the next block begins.
    expect(found.slice(6, 8)).toEqual([roots[last], roots[last]]);
    expect(found[8]).not.toBe(roots[last]);
    const proof = witnessAt(fresh(), 50n);
    expect([toHex(proof.pre), toHex(proof.post)]).toEqual([roots[50], roots[51]]);
    const stutter = witnessAt(fresh(), slot - 1n);
    expect([toHex(stutter.pre), toHex(stutter.post)]).toEqual([roots[last], roots[last]]);
    expect(() => rootsAt(fresh(), [5n, 4n])).toThrow(RangeError);
  });

  test("every step of a block with deposits has a witness", async () => {
    const world = await RollupWorld.create();
    await world.sendTx(0);
    await world.tick();
    world.l1.deposit({ to: null, data: Uint8Array.of(0x60, 1, 0x60, 0, 0xf3) });
    world.l1.deposit({ data: new Uint8Array(9_000).fill(3), gasLimit: 3_000_000n });
    await world.ticks(3);
    await world.batch();
    const { machine, prepare } = await machineOf(world);
    await prepare(0n);
    expect(proveSteps(machine, 3n)).toBeGreaterThan(100);
  });

  test("config changes, garbage and transactions that do not belong", async () => {
    const world = await RollupWorld.create();
    await world.tick();
    world.l1.configChange({ type: "gasLimit", gasLimit: 30_000_000n });
    await world.ticks(2);
    world.l1.configChange({ type: "minBaseFee", minBaseFee: 9n });
    world.l1.configChange({ type: "operatorFee", scalar: 5_000, constant: 77n });
    world.l1.configChange({ type: "feeScalars", baseFeeScalar: 900, blobBaseFeeScalar: 0 });
    await world.sendTx(0);
    await world.ticks(3);
    await world.sendTx(1);
    await world.ticks(2);
    await world.batch();
    const junk = [new Uint8Array([0x7e, 1]), new Uint8Array([3, 1]), new Uint8Array(200)];
    const block = { dt: 1, originDelta: 0, hints: [7], transactions: junk };
    world.l1.postRaw(encodeBatch([block, { ...block, dt: 2 }]));
    world.l1.mine();
    await world.settle();
    world.l1.postRaw(new Uint8Array(5_000).fill(255));
    world.l1.postRaw(new Uint8Array([1, 0, 9, 0, 2, 0, 0]));
    world.l1.mine();
    await world.ticks(3);
    await world.batch();
    expect(await runAll(world)).toBeGreaterThan(8);
  });
});
