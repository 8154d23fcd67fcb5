import { expect, test } from "@jest/globals";
import type { L1Reader } from "../../../src/l1/types.js";
import {
  depositTxFromRecord,
  encodeDepositTx,
  hashTx,
  userDepositSourceHash,
} from "../../../src/protocol/index.js";
import type { FeedView } from "../../../src/services/chainAccess.js";
import { NodeView } from "../../../src/services/node/nodeView.js";
import type { Hash } from "../../../src/util/hex.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";

test("safeHeadAtL1Block answers the head of any L1 block from the start on", async () => {
  const world = await RollupWorld.createFake();
  const start = world.l1.head.number;
  await world.ticks(3);
  await world.batch();
  const entryAt = world.l1.head.number;
  const { node } = world.main;
  expect(await node.safeHeadAtL1Block(start)).toMatchObject({ safeHead: { number: 0n } });
  expect(await node.safeHeadAtL1Block(entryAt - 1n)).toMatchObject({ safeHead: { number: 0n } });
  expect(await node.safeHeadAtL1Block(entryAt)).toMatchObject({
    l1Block: { number: entryAt, hash: world.l1.head.hash },
    safeHead: { number: 3n },
  });
  for (const outside of [start - 1n, entryAt + 1n]) {
    await expect(node.safeHeadAtL1Block(outside)).rejects.toMatchObject({
      code: "NODE_NO_SAFE_HEAD",
    });
  }
});

test("a deposit that was forced in is found under the hash that wallets compute", async () => {
  const world = await RollupWorld.createFake();
  world.l1.deposit({ mint: 1n });
  world.l1.mine();
  world.l1.mine(40);
  await world.settle();
  await world.addForcer(world.main).step();
  await world.settle();
  const record = world.l1.head.records[0];
  if (!record) throw new Error("no record");
  const source = userDepositSourceHash(record.l1.blockHash, record.l1.logIndex);
  const alias = hashTx(encodeDepositTx(depositTxFromRecord(record, source)));
  const block = await world.main.engine.getBlock(1n);
  expect(world.main.node.resolveDepositAlias(alias)).toBe(block?.transactionHashes[1]);
  expect(world.main.node.resolveDepositAlias(record.hash)).toBeUndefined();
});

test("outputAtBlock and unknown blocks", async () => {
  const world = await RollupWorld.createFake();
  await world.ticks(2);
  const { node } = world.main;
  const output = await node.outputAtBlock(2n);
  expect(output.blockRef).toMatchObject({ number: 2n, sequenceNumber: expect.any(BigInt) });
  expect(output.syncStatus.unsafeL2.number).toBe(2n);
  await expect(node.outputAtBlock(3n)).rejects.toMatchObject({ code: "NODE_UNKNOWN_BLOCK" });
});

test("an L1 that does not answer, or lies, is told and survived", async () => {
  const world = await RollupWorld.createFake();
  await world.ticks(2);
  world.l1.fault = () => {
    throw new Error("down");
  };
  await expect(world.main.node.step()).rejects.toThrow("down");
  expect((await world.unsafe()).number).toBe(2n);
  world.l1.fault = () => undefined;
  await world.ticks(2);
  await world.batch();
  expect((await world.safe()).number).toBe((await world.unsafe()).number);
  world.clock.advance(120_000);
  expect(world.main.node.readinessProblems().join()).toMatch(/newest L1 block is \d+ s old/);
});

test("the state of the sync is told while L1 does not answer, and the L1 block once it does", async () => {
  const world = await RollupWorld.createFake();
  await world.ticks(2);
  await world.batch();
  const { node, engine } = world.main;
  const { heads, snapshot, derivedCount, entryCount, recordCount } = node.feeds;
  if (!snapshot) throw new Error("no snapshot");
  // One entry more than is derived: then the L1 block of the last derived one must be asked for.
  const entries = { ...snapshot.entries, length: derivedCount + 1n };
  const feeds: FeedView = {
    ...{ heads, derivedCount, entryCount, recordCount, snapshot: { ...snapshot, entries } },
    getEntry: (index) => node.feeds.getEntry(index),
    getRecord: (index) => node.feeds.getRecord(index),
    blockAtEntryEnd: (end) => node.feeds.blockAtEntryEnd(end),
  };
  let letAnswer = () => {};
  const answering = new Promise<void>((resolve) => {
    letAnswer = resolve;
  });
  const getHeaderByHash = async (hash: Hash) => {
    await answering;
    return world.l1.getHeaderByHash(hash);
  };
  const l1: L1Reader = Object.assign(Object.create(world.l1), { getHeaderByHash });
  const view = new NodeView(node.rollupConfig, { engine, l1, feeds });
  const silent = await view.syncStatus(await node.safeTip());
  expect(silent.safeL2.number).toBe(2n);
  expect(silent.currentL1.number).toBe(node.rollupConfig.genesisOrigin.number);
  letAnswer();
  const told = await view.syncStatus(await node.safeTip());
  expect(told.currentL1.hash).toBe(node.feeds.getEntry(derivedCount - 1n)?.l1.blockHash);
});
