import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { restRoutes } from "../../../../src/rpc/rest/routes.js";
import {
  type ApiRequest,
  exampleRequests,
  OpenApiChecker,
  sendApi,
} from "../../../helpers/openapi.js";
import { RestWorld } from "../../../helpers/restWorld.js";

const checker = new OpenApiChecker();
let world: RestWorld;
beforeAll(async () => {
  world = await RestWorld.open();
});
afterAll(() => world.close());

test("every route is described, and every description has its route", () => {
  const routes = restRoutes({} as never).map(
    ({ method, path, operationId }) => `${method} ${path} ${operationId}`,
  );
  const described = checker.operations.map(
    ({ method, path, operationId }) => `${method} ${path} ${operationId}`,
  );
  expect([...routes].sort()).toEqual([...described].sort());
  expect(new Set(described.map((text) => text.split(" ")[2])).size).toBe(described.length);
});

test("every problem that an operation lists is in the catalogue", async () => {
  const { body } = await world.get("/problems", { accept: "application/json" });
  const known = new Set(body.data.map(({ code }: { code: string }) => code));
  const unknown = checker.operations.flatMap(({ problems }) =>
    problems.filter((code) => !known.has(code)),
  );
  expect(unknown).toEqual([]);
});

test("the examples of every operation are answered as described", async () => {
  let count = 0;
  const wrong: string[] = [];
  for (const operation of checker.operations) {
    const needsMore = operation.operationId === "getSafeHead";
    const extra: ApiRequest = needsMore
      ? { query: { l1Block: Number(world.world.config.genesisOrigin.number) } }
      : {};
    for (const request of exampleRequests(operation)) {
      const answer = await sendApi(world.url, operation, { ...request, ...extra });
      wrong.push(...checker.check(operation, answer));
      if (answer.status >= 500 && (answer.body as { code: string }).code !== "part-not-running") {
        wrong.push(`${operation.operationId}: ${JSON.stringify(answer.body)}`);
      }
      count += 1;
    }
  }
  process.stdout.write(`examples: ${count} requests, ${wrong.length} wrong\n`);
  expect(wrong).toEqual([]);
});
