import { expect, test } from "@jest/globals";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import type { Address } from "../../../../src/util/hex.js";
import { accounts, addressOf } from "../../../helpers/engineChain.js";
import { dump, IndexWorld } from "../../../helpers/indexWorld.js";

const ALICE: Address = "0x00000000000000000000000000000000000000a1";
const BOB: Address = "0x00000000000000000000000000000000000000b0";
const TARGET: Address = "0x00000000000000000000000000000000000000c1";
const ASC = { limit: 10, order: "asc" } as const;

/** Four deposits (one of them fails), two withdrawals; all posted. */
async function busyWorld() {
  const scene = await IndexWorld.create();
  const { world } = scene;
  await world.ticks(2);
  world.l1.deposit({ from: ALICE, to: BOB, mint: 5n, value: 5n });
  world.l1.deposit({ from: BOB, to: ALICE, value: 7n });
  world.l1.configChange({ type: "gasLimit", gasLimit: 30_000_000n });
  await world.tick();
  const txs = [await scene.withdraw(TARGET, 1n), await scene.withdraw(BOB, 2n)];
  world.l1.deposit({ from: ALICE, to: null, mint: 1n, data: new Uint8Array([0]) });
  await world.ticks(3);
  world.l1.deposit({ from: ALICE, to: TARGET, mint: 9n, value: 1n });
  await world.ticks(3);
  await world.batch();
  await scene.settle();
  return { scene, world, txs, view: scene.view };
}

test("deposits are found by index, hashes and accounts, with where they are on L2", async () => {
  const { world, view } = await busyWorld();
  const { items, next } = await view.listDeposits({}, ASC);
  expect(next).toBeNull();
  expect(items.map(({ index }) => index)).toEqual([0n, 1n, 3n, 4n]);
  expect(items.map(({ l2 }) => l2?.success)).toEqual([true, false, true, true]);
  expect(items.map(({ status }) => status)).toEqual(["safe", "failedOnL2", "safe", "safe"]);
  for (const deposit of items) {
    const l2Hash = deposit.l2?.txHash as `0x${string}`;
    expect(await view.getDeposit(deposit.index)).toEqual(deposit);
    expect(await view.getDepositByL2Hash(l2Hash)).toEqual(deposit);
    expect(await view.getDepositByL2Hash(deposit.expected.txHash)).toEqual(deposit);
    const receipt = await world.main.engine.getReceipt(l2Hash);
    expect(receipt?.blockHash).toBe(deposit.l2?.blockHash);
  }
  const of = async (filter: Parameters<typeof view.listDeposits>[0]) =>
    (await view.listDeposits(filter, ASC)).items.map(({ index }) => Number(index));
  expect(await of({ from: ALICE })).toEqual([0, 3, 4]);
  expect(await of({ to: BOB })).toEqual([0]);
  expect(await of({ from: ALICE, to: TARGET })).toEqual([4]);
  expect(await of({ status: "failedOnL2" })).toEqual([1]);
  expect(await of({ status: "failedOnL2", from: ALICE })).toEqual([]);
  expect(await of({ status: "safe" })).toEqual([0, 3, 4]);
  expect(await of({ status: "seen" })).toEqual([]);
  expect(await of({ l1TxHash: items[1]?.l1.txHash as `0x${string}` })).toContain(1);
  expect(await of({ l2TxHash: items[2]?.expected.txHash as `0x${string}` })).toEqual([3]);
});

test("a deposit is seen before it is included, and finalized in the end", async () => {
  const { world, scene, view } = await busyWorld();
  world.l1.deposit({ from: ALICE, to: BOB, mint: 1n });
  world.l1.mine();
  await scene.settle();
  const seen = (await view.listDeposits({ status: "seen" }, ASC)).items;
  expect(seen).toMatchObject([{ index: 5n, status: "seen", l2: null }]);
  expect(seen[0]?.forceableAt).toBe((seen[0]?.l1.timestamp ?? 0n) + 60n);
  await world.ticks(4);
  await scene.settle();
  expect((await view.listDeposits({ status: "included" }, ASC)).items).toMatchObject([
    { index: 5n },
  ]);
  await world.batch();
  for (let i = 0; i < 12; i += 1) await world.tick();
  await scene.settle();
  expect((await view.getDeposit(5n))?.status).toBe("finalized");
  expect(await view.getDeposit(1n)).toMatchObject({
    status: "failedOnL2",
    l2: { safety: "finalized" },
  });
  expect((await view.listDeposits({ status: "finalized" }, ASC)).items).toHaveLength(4);
});

test("withdrawals are found by hash, sender, target and L2 transaction", async () => {
  const { view, txs } = await busyWorld();
  const { items } = await view.listWithdrawals({}, ASC);
  const sender = addressOf(accounts[0]);
  expect(items).toMatchObject([
    { sender, target: TARGET, value: 1n, gasLimit: 100_000n, l2: { txHash: txs[0] } },
    { sender, target: BOB, value: 2n, l2: { txHash: txs[1] } },
  ]);
  const [first, second] = items;
  expect(await view.getWithdrawal(first?.withdrawalHash ?? "0x")).toEqual(first);
  expect(await view.withdrawalsOfTx(txs[1] as `0x${string}`)).toEqual([second]);
  expect((await view.listWithdrawals({ sender }, ASC)).items).toEqual(items);
  expect((await view.listWithdrawals({ target: BOB }, ASC)).items).toEqual([second]);
  expect((await view.listWithdrawals({ sender, target: TARGET }, ASC)).items).toEqual([first]);
  expect((await view.listWithdrawals({ sender: ALICE }, ASC)).items).toEqual([]);
});

test("a question about what was made a moment ago needs no step in between", async () => {
  const { scene, world, view } = await busyWorld();
  const tx = await scene.withdraw(TARGET, 3n);
  await world.ticks(2);
  const [withdrawal] = await view.withdrawalsOfTx(tx);
  expect(withdrawal?.value).toBe(3n);
  expect(await view.getWithdrawal(withdrawal?.withdrawalHash ?? "0x")).toEqual(withdrawal);
});

test("each block above genesis that is safe belongs to one batch", async () => {
  const { world, scene, view } = await busyWorld();
  await world.ticks(3);
  await world.batch();
  await scene.settle();
  const { items } = await view.listBatches(ASC);
  expect(items.length).toBeGreaterThan(1);
  const safe = await world.safe();
  expect(items.at(-1)?.blocks?.last).toBe(safe.number);
  for (let number = 1n; number <= safe.number; number += 1n) {
    const batch = await view.batchOfBlock(number);
    expect(batch?.blocks?.first).toBeLessThanOrEqual(number);
    expect(batch?.blocks?.last).toBeGreaterThanOrEqual(number);
  }
  expect(await view.batchOfBlock(safe.number + 1n)).toBeUndefined();
  expect(await view.batchOfBlock(0n)).toBeUndefined();
});

test("pages continue where they ended, in both orders", async () => {
  const { view } = await busyWorld();
  for (const order of ["asc", "desc"] as const) {
    const all = (await view.listDeposits({}, { limit: 10, order })).items;
    const first = await view.listDeposits({}, { limit: 3, order });
    expect(first.items).toEqual(all.slice(0, 3));
    const after = first.next ?? undefined;
    const rest = await view.listDeposits({}, { limit: 3, order, ...(after && { after }) });
    expect(rest).toEqual({ items: all.slice(3), next: null });
  }
});

test("an L2 reorg takes withdrawals and inclusions back; cursors on them are refused", async () => {
  const { scene, world, view } = await busyWorld();
  const tx = await scene.withdraw(TARGET, 3n);
  await scene.withdraw(TARGET, 4n);
  world.l1.deposit({ from: ALICE, to: BOB, mint: 1n });
  await world.ticks(4);
  await scene.settle();
  expect((await view.getDeposit(5n))?.status).toBe("included");
  const [gone] = await view.withdrawalsOfTx(tx);
  const page = await view.listWithdrawals({}, { limit: 1, order: "desc" });
  expect(page.next).not.toBeNull();
  world.l1.reorg(6, { keep: (label) => label === "deposit" });
  await scene.settle();
  expect(await view.getDeposit(5n)).toMatchObject({ status: "seen", l2: null });
  expect(await view.getWithdrawal(gone?.withdrawalHash ?? "0x")).toBeUndefined();
  const after = page.next ?? undefined;
  await expect(
    view.listWithdrawals({}, { limit: 1, order: "desc", ...(after && { after }) }),
  ).rejects.toMatchObject({ code: "INDEX_CURSOR_REORGED" });
  await world.ticks(8);
  await scene.settle();
  expect((await view.withdrawalsOfTx(tx)).map(({ value }) => value)).toEqual([3n]);
  expect((await view.getDeposit(5n))?.status).toBe("included");
});

test("an L1 reorg takes deposits back that are not on L1 any more", async () => {
  const { scene, world, view } = await busyWorld();
  world.l1.deposit({ from: ALICE, to: BOB, mint: 1n }, "lost");
  await world.ticks(4);
  await scene.settle();
  const lost = await view.getDeposit(5n);
  expect(lost?.status).toBe("included");
  world.l1.reorg(4);
  world.l1.deposit({ from: BOB, to: ALICE, mint: 2n });
  await world.ticks(6);
  await scene.settle();
  expect(await view.getDeposit(5n)).toMatchObject({ from: BOB, mint: 2n, status: "included" });
  expect(await view.getDepositByL2Hash(lost?.l2?.txHash ?? "0x")).toBeUndefined();
  expect((await view.listDeposits({ from: ALICE }, ASC)).items).toHaveLength(3);
});

test("the portal's logs follow L1, in windows and through reorgs", async () => {
  const { scene, world, view } = await busyWorld();
  const { portal, indexer } = scene;
  const [withdrawal] = (await view.listWithdrawals({}, ASC)).items;
  const hash = withdrawal?.withdrawalHash ?? "0x";
  portal.window = 3n;
  world.l1.mine();
  portal.emit(hash, { kind: "proven", submitter: ALICE });
  world.l1.mine(7);
  portal.emit(hash, { kind: "proven", submitter: BOB });
  await scene.settle();
  expect((await view.getWithdrawalL1(hash)).proofs.map(({ submitter }) => submitter)).toEqual([
    ALICE,
    BOB,
  ]);
  world.l1.reorg(2);
  await scene.settle();
  expect((await view.getWithdrawalL1(hash)).proofs.map(({ submitter }) => submitter)).toEqual([
    ALICE,
  ]);
  world.l1.mine();
  portal.emit(hash, { kind: "finalized", success: true });
  await scene.settle();
  const { finalized } = await view.getWithdrawalL1(hash);
  expect(finalized).toMatchObject({ success: true, l1: { timestamp: world.l1.head.time } });
  expect(indexer.progress().l1).toEqual({
    indexed: world.l1.head.number,
    head: world.l1.head.number,
  });
});

test("an index made anew says the same, byte by byte", async () => {
  const { scene, world } = await busyWorld();
  const [withdrawal] = (await scene.view.listWithdrawals({}, ASC)).items;
  world.l1.mine();
  scene.portal.emit(withdrawal?.withdrawalHash ?? "0x", { kind: "proven", submitter: ALICE });
  await world.ticks(3);
  world.l1.reorg(2);
  await world.ticks(4);
  await world.batch();
  await scene.settle();
  const before = await dump(scene.indexer);
  const other = scene.addIndexer();
  await scene.settle(other);
  expect(await dump(other)).toBe(before);
  await scene.indexer.forget();
  expect(scene.indexer.progress()).toMatchObject({ isComplete: false, l2: { indexed: 0n } });
  expect(scene.indexer.progress().fraction).toBeLessThan(1);
  await scene.settle();
  expect(await dump(scene.indexer)).toBe(before);
  expect(scene.indexer.progress()).toMatchObject({ isComplete: true, fraction: 1 });
});

test("a restart goes on where it was, also when a step was never finished", async () => {
  const { scene, world } = await busyWorld();
  const store = new MemoryStore();
  const first = scene.addIndexer(store);
  await first.step();
  await first.step();
  await scene.withdraw(TARGET, 8n);
  await world.ticks(2);
  const second = scene.addIndexer(store);
  expect(second.progress().l2.indexed).toBeGreaterThan(0n);
  // It does not know yet what there is.
  expect(second.progress()).toMatchObject({ isComplete: false, fraction: 0 });
  await scene.settle(second);
  await scene.settle();
  expect(await dump(second)).toBe(await dump(scene.indexer));
});

test("what changes is announced once it can be read", async () => {
  const { scene, world, view } = await busyWorld();
  const seen: string[] = [];
  view.subscribe((event) => seen.push(`${event.type} ${event.change}`));
  const tx = await scene.withdraw(TARGET, 3n);
  world.l1.deposit({ from: ALICE, to: BOB, mint: 1n });
  await world.ticks(3);
  await world.batch();
  await scene.settle();
  const [withdrawal] = await view.withdrawalsOfTx(tx);
  world.l1.mine();
  scene.portal.emit(withdrawal?.withdrawalHash ?? "0x", { kind: "finalized", success: true });
  await scene.settle();
  expect(seen.sort()).toEqual([
    "batch posted",
    "deposit included",
    "deposit seen",
    "withdrawal finalized",
    "withdrawal initiated",
  ]);
});
