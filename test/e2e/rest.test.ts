import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseEther } from "viem";
import {
  devAccount,
  type FoveaServer,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";
import {
  type ApiOperation,
  type ApiRequest,
  exampleRequests,
  OpenApiChecker,
  sendApi,
} from "../helpers/openapi.js";
import { fuzzRequests } from "../helpers/openapiFuzz.js";

const AT_ONCE = 8;
const checker = new OpenApiChecker();
let server: FoveaServer;

beforeAll(async () => {
  server = await startFovea();
  const account = devAccount(0);
  const { l1Wallet, l2Public, l2Wallet } = await viemClients(server, account);
  const request = await l2Public.buildDepositTransaction({
    mint: parseEther("1"),
    to: account.address,
  });
  await l1Wallet.depositTransaction({ ...request, account } as never);
  await l2Wallet.sendTransaction({ to: account.address, value: 1n } as never);
  await until("a batch and a deposit", async () => {
    const { body } = await get("/api/v1/feeds");
    return body.data.every(({ derived }: { derived: number }) => derived > 0);
  });
}, 180_000);
afterAll(async () => {
  await server?.stop();
  server?.clean();
});

async function get(path: string) {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** The blocks of this run are not those of an example. */
async function requestsOf(operation: ApiOperation): Promise<ApiRequest[]> {
  const requests = exampleRequests(operation);
  if (operation.operationId !== "getSafeHead") return requests;
  const { body } = await get("/api/v1/config");
  return requests.map((request) => ({ ...request, query: { l1Block: body.genesis.l1.number } }));
}

test("every documented example is answered as described by a running server", async () => {
  let count = 0;
  const wrong: string[] = [];
  for (const operation of checker.operations) {
    for (const request of await requestsOf(operation)) {
      const answer = await sendApi(server.url, operation, request);
      count += 1;
      wrong.push(...checker.check(operation, answer));
      if (answer.status >= 500) wrong.push(`${operation.operationId}: ${answer.status}`);
    }
  }
  process.stdout.write(`${count} examples executed on a server, ${wrong.length} wrong\n`);
  expect(wrong).toEqual([]);
}, 120_000);

test("hostile requests get documented answers only from a running server, and never a 5xx", async () => {
  let count = 0;
  const wrong: string[] = [];
  const paths = Object.keys(checker.document.paths);
  for (const operation of checker.operations) {
    const requests = fuzzRequests(operation, paths);
    while (requests.length > 0) {
      const some = requests.splice(0, AT_ONCE).map(async (request) => {
        const answer = await sendApi(server.url, operation, request);
        count += 1;
        const found = checker.check(operation, answer);
        if (answer.status >= 500) found.push(`${operation.operationId}: ${answer.status}`);
        wrong.push(...found.map((text) => `${text} for ${JSON.stringify(request).slice(0, 300)}`));
      });
      await Promise.all(some);
    }
  }
  process.stdout.write(`fuzz on a server: ${count} requests, ${wrong.length} wrong\n`);
  expect(wrong).toEqual([]);
}, 300_000);

test("the server stays ready while batches are derived, and has no incidents", async () => {
  const before = (await get("/api/v1/feeds")).body.data[0].derived;
  let notReady = 0;
  await until("two more batches", async () => {
    const { status } = await get("/readyz");
    if (status !== 200) notReady += 1;
    return (await get("/api/v1/feeds")).body.data[0].derived >= before + 2;
  });
  expect(notReady).toBe(0);
  expect((await get("/api/v1/incidents")).body.data).toEqual([]);
});

test("batches tell their cost, from the receipts of L1", async () => {
  const { body } = await get("/api/v1/batches?status=safe");
  expect(body.data.length).toBeGreaterThan(0);
  for (const { cost } of body.data) {
    expect(BigInt(cost.feeWei)).toBe(BigInt(cost.gasUsed) * BigInt(cost.gasPriceWei));
  }
});
