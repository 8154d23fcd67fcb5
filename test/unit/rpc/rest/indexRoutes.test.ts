import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Address, Hash } from "../../../../src/util/hex.js";
import { ZERO_HASH } from "../../../../src/util/hex.js";
import { IndexWorld, openIndexGateway } from "../../../helpers/indexWorld.js";
import { type ApiRequest, OpenApiChecker, sendApi } from "../../../helpers/openapi.js";

const ALICE: Address = "0x00000000000000000000000000000000000000a1";
const BOB: Address = "0x00000000000000000000000000000000000000b0";

// biome-ignore lint/suspicious/noExplicitAny: answers are checked against their schemas.
type Json = any;

const checker = new OpenApiChecker();
let scene: IndexWorld;
let url: string;
let close: () => Promise<void>;
let withdrawalTx: Hash;

beforeAll(async () => {
  scene = await IndexWorld.create();
  const { l1 } = scene.world;
  l1.deposit({ from: ALICE, to: BOB, mint: 5n, value: 5n });
  l1.deposit({ from: BOB, to: ALICE, value: 7n });
  withdrawalTx = await scene.withdraw(BOB, 1n);
  await scene.run(40, [scene.addProposer()]);
  const opened = await openIndexGateway(scene);
  url = opened.url;
  close = () => opened.gateway.close();
});
afterAll(() => close());

/** Sends a request and checks that the answer fits the description. */
async function ask(operationId: string, request: ApiRequest = {}): Promise<Json> {
  const operation = checker.operation(operationId);
  const answer = await sendApi(url, operation, request);
  expect(checker.check(operation, answer)).toEqual([]);
  return answer.body;
}

test("the lifecycle of a transaction ends where its withdrawals can be finalized", async () => {
  const body = await ask("getTransactionLifecycle", { params: { hash: withdrawalTx } });
  expect(body).toMatchObject({ hash: withdrawalTx, stage: "finalizable", success: true });
  expect(body.steps.every(({ done }: Json) => done)).toBe(true);
  const receipt = await scene.world.main.engine.getReceipt(withdrawalTx);
  expect(body.block.number).toBe(Number(receipt?.blockNumber));
  expect(body.batch.index).toBe(0);
  expect(body.proposal.l2BlockNumber).toBeGreaterThanOrEqual(body.block.number);
  const [withdrawal] = await scene.view.withdrawalsOfTx(withdrawalTx);
  expect(body.withdrawalHashes).toEqual([withdrawal?.withdrawalHash]);
});

test("a lifecycle goes on from stage to stage, with estimates for those to come", async () => {
  const { world } = scene;
  const hash = await scene.withdraw(BOB, 2n);
  const stages = new Set<string>();
  const look = async () => {
    const body = await ask("getTransactionLifecycle", { params: { hash } });
    stages.add(body.stage);
    for (const { name, done, etaSec } of body.steps as Json[]) {
      if (done) expect(etaSec).toBeNull();
      else expect([name, typeof etaSec]).toEqual([name, "number"]);
    }
    return body;
  };
  expect((await look()).block).toBeNull();
  await world.tick();
  await look();
  await world.batch();
  await scene.settle();
  await look();
  world.l1.mine(9);
  await scene.settle();
  await look();
  const proposer = scene.addProposer();
  for (let i = 0; i < 40 && !stages.has("finalizable"); i += 1) {
    await scene.run(1, [proposer]);
    await look();
  }
  expect([...stages].filter((stage) => stage !== "provable")).toEqual([
    "pending",
    "included",
    "safe",
    "finalized",
    "finalizable",
  ]);
});

test("deposits are answered by index, by both hashes, and by L1 transaction", async () => {
  const { data, nextCursor } = await ask("listDeposits", { query: { order: "asc" } });
  expect(nextCursor).toBeNull();
  expect(data.map(({ status }: Json) => status)).toEqual(["finalized", "failedOnL2"]);
  const [first] = data;
  const detail = await ask("getDeposit", { params: { id: "0" } });
  expect(detail).toEqual({ ...first, data: "0x" });
  expect(await ask("getDeposit", { params: { id: first.l2.txHash } })).toEqual(detail);
  const upper = `0x${first.expectedL2TxHash.slice(2).toUpperCase()}`;
  expect(await ask("getDeposit", { params: { id: upper } })).toEqual(detail);
  const ofTx = await ask("getDeposit", { params: { id: first.l1.txHash } });
  expect(ofTx.deposits).toContainEqual(first);
  expect(first.forcedInclusion).toMatchObject({ isCovered: true, remainingSec: null });
  const lifecycle = await ask("getTransactionLifecycle", {
    params: { hash: first.expectedL2TxHash },
  });
  expect(lifecycle).toMatchObject({ hash: first.l2.txHash, depositIndex: 0 });
  expect(lifecycle.steps[0].l1).toEqual(first.l1);
});

test("filters of deposits hold together, and cursors go on with them", async () => {
  const of = async (query: Record<string, unknown>) =>
    (await ask("listDeposits", { query })).data.map(({ index }: Json) => index);
  expect(await of({ from: ALICE })).toEqual([0]);
  expect(await of({ to: ALICE, status: "failedOnL2" })).toEqual([1]);
  expect(await of({ from: ALICE, status: "seen" })).toEqual([]);
  const page = await ask("listDeposits", { query: { limit: 1 } });
  expect(page.data[0].index).toBe(1);
  const cursor = page.nextCursor;
  expect(await of({ limit: 1, cursor })).toEqual([0]);
  expect(await ask("listDeposits", { query: { limit: 1, cursor, from: ALICE } })).toMatchObject({
    code: "cursor-malformed",
  });
});

test("proposals are listed, found, and found by the block they cover", async () => {
  const { data } = await ask("listProposals", { query: { order: "asc" } });
  expect(data.length).toBeGreaterThan(2);
  expect(data.every(({ localView }: Json) => localView.agrees)).toBe(true);
  expect(await ask("getProposal", { params: { index: 1 } })).toEqual(data[1]);
  const l2Block = data[0].l2BlockNumber + 1;
  expect(await ask("getCoveringProposal", { query: { l2Block } })).toEqual(data[1]);
  const confirmed = await ask("listProposals", { query: { status: "confirmed" } });
  expect(confirmed.data.at(-1)).toEqual(data[0]);
  const page = await ask("listProposals", { query: { limit: 1, order: "asc" } });
  const next = await ask("listProposals", {
    query: { limit: 1, order: "asc", cursor: page.nextCursor },
  });
  expect(next.data[0].index).toBe(1);
  const { proposer } = scene.world.config.chain;
  const bond = await ask("getBond", { query: { address: proposer } });
  expect(["locked", "free"]).toContain(bond.status);
  expect(bond.proposal.index).toBe(bond.standsOn);
});

test("what is not there has a problem of its own", async () => {
  const hash = ZERO_HASH;
  expect(await ask("getTransactionLifecycle", { params: { hash } })).toMatchObject({
    code: "transaction-unknown",
    status: 404,
  });
  const [{ l1 }] = (await ask("listDeposits")).data;
  const ofL1 = await ask("getTransactionLifecycle", { params: { hash: l1.txHash } });
  expect(ofL1.l2TxHashes.length).toBeGreaterThan(0);
  expect(await ask("getDeposit", { params: { id: "999" } })).toMatchObject({
    code: "deposit-unknown",
  });
  expect(await ask("getProposal", { params: { index: 999 } })).toMatchObject({
    code: "proposal-unknown",
  });
  expect(await ask("getCoveringProposal", { query: { l2Block: 99_999 } })).toMatchObject({
    code: "block-unknown",
  });
  await scene.world.tick();
  const { number } = await scene.world.unsafe();
  const early = await ask("getCoveringProposal", { query: { l2Block: Number(number) } });
  expect(early).toMatchObject({ code: "not-proposed-yet", status: 409 });
  expect(early.retryAfterSec).toBeGreaterThan(0);
  expect(await ask("getDeposit", { params: { id: "0x12" } })).toMatchObject({
    code: "validation-failed",
  });
});

test("a cursor on a row that a reorg took away is refused", async () => {
  const { world } = scene;
  world.l1.deposit({ from: ALICE, to: BOB, mint: 1n }, "lost");
  world.l1.deposit({ from: ALICE, to: BOB, mint: 2n }, "lost");
  world.l1.mine();
  await scene.settle();
  const { nextCursor: cursor } = await ask("listDeposits", { query: { limit: 1 } });
  world.l1.reorg(1);
  await scene.settle();
  expect(await ask("listDeposits", { query: { limit: 1, cursor } })).toMatchObject({
    code: "cursor-reorged",
    status: 409,
  });
});
