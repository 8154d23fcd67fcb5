import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { parseEther } from "viem";
import {
  devAccount,
  type FoveaServer,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";
import { deposit } from "../helpers/l2Activity.js";
import { OpenApiChecker, sendApi } from "../helpers/openapi.js";

// What integrators ask, of a real server: where is my transaction, where is my deposit?

// biome-ignore lint/suspicious/noExplicitAny: answers are checked against their schemas.
type Json = any;

// Half a minute of challenge period, and L1 finality before it; slow machines need more.
jest.setTimeout(300_000);

const ORDER = [
  "pending",
  "included",
  "batched",
  "safe",
  "finalized",
  "proposed",
  "provable",
  "finalizable",
];

const checker = new OpenApiChecker();
let server: FoveaServer;
beforeAll(async () => {
  server = await startFovea();
});
afterAll(async () => {
  await server.stop();
  server.clean();
});

/** Sends a request; everything that is answered must be as described. */
async function ask(operationId: string, request: Parameters<typeof sendApi>[2] = {}) {
  const operation = checker.operation(operationId);
  const answer = await sendApi(server.url, operation, request);
  expect(checker.check(operation, answer)).toEqual([]);
  return answer as { status: number; body: Json };
}

/** Follows a transaction until it has reached a stage; answers the stages seen on the way. A proposal may be faster than L1's finality: then a stage is passed at once. */
async function follow(hash: string, stage: string): Promise<string[]> {
  const seen: string[] = [];
  await until(
    `${hash} is ${stage}`,
    async () => {
      const { status, body } = await ask("getTransactionLifecycle", { params: { hash } });
      if (status === 200 && seen.at(-1) !== body.stage) seen.push(body.stage);
      return ORDER.indexOf(body.stage) >= ORDER.indexOf(stage);
    },
    240_000,
  );
  return seen;
}

function expectInOrder(stages: string[]): void {
  const places = stages.map((stage) => ORDER.indexOf(stage));
  expect(places).toEqual([...places].sort((a, b) => a - b));
}

test("a transfer goes from the pool to the day its block can be finalized against", async () => {
  const { l2Wallet } = await viemClients(server, devAccount(1));
  const hash = await l2Wallet.sendTransaction({ to: devAccount(2).address, value: 1n });
  expectInOrder(await follow(hash, "finalizable"));
  const { body } = await ask("getTransactionLifecycle", { params: { hash } });
  expect(body.steps.every(({ done }: Json) => done)).toBe(true);
  const { index } = body.proposal;
  const { body: proposal } = await ask("getProposal", { params: { index } });
  expect(proposal).toMatchObject({ status: "confirmed", localView: { agrees: true } });
});

test("a deposit goes from L1 to finalized, under each of its names", async () => {
  const l1TxHash = await deposit(server, 3, { to: devAccount(4).address, mint: parseEther("1") });
  const found = await until("the deposit is known", async () => {
    const { status, body } = await ask("getDeposit", { params: { id: l1TxHash } });
    return status === 200 && body.deposits[0];
  });
  expectInOrder(await follow(found.expectedL2TxHash, "finalized"));
  const { body } = await ask("getDeposit", { params: { id: found.expectedL2TxHash } });
  expect(body).toMatchObject({
    index: found.index,
    status: "finalized",
    mintWei: parseEther("1").toString(),
    forcedInclusion: { isCovered: true },
  });
  const { body: list } = await ask("listDeposits", {
    query: { from: devAccount(3).address, status: "finalized" },
  });
  expect(list.data.map(({ l1 }: Json) => l1.txHash)).toContain(l1TxHash);
});

test("this node agrees with every proposal of its own", async () => {
  const { body } = await ask("listProposals", { query: { limit: 100 } });
  expect(body.data.length).toBeGreaterThan(1);
  for (const { localView } of body.data) {
    // The newest one may not be judged yet.
    if (localView.verdict !== "unknown") expect(localView.agrees).toBe(true);
  }
  const { body: agreeing } = await ask("listProposals", { query: { verdict: "agree" } });
  expect(agreeing.data.length).toBeGreaterThan(0);
});
