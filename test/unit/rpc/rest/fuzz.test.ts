import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  type ApiOperation,
  type ApiRequest,
  OpenApiChecker,
  sendApi,
} from "../../../helpers/openapi.js";
import { fuzzRequests } from "../../../helpers/openapiFuzz.js";
import { RestWorld } from "../../../helpers/restWorld.js";

const checker = new OpenApiChecker();
let world: RestWorld;
beforeAll(async () => {
  world = await RestWorld.open();
});
afterAll(() => world.close());

/** Not a failure of a route but of a fixture that has no index. */
const AT_ONCE = 8;
const ABSENT = "part-not-running";

test("hostile requests get documented answers only, and never a 5xx", async () => {
  let count = 0;
  let failures = 0;
  const undocumented: string[] = [];
  const paths = Object.keys(checker.document.paths);
  const ask = async (operation: ApiOperation, request: ApiRequest) => {
    const answer = await sendApi(world.url, operation, request);
    count += 1;
    const code = (answer.body as { code?: string } | null)?.code;
    if (answer.status >= 500 && code !== ABSENT) failures += 1;
    for (const text of checker.check(operation, answer)) {
      undocumented.push(`${text} for ${JSON.stringify(request).slice(0, 300)}`);
    }
  };
  for (const operation of checker.operations) {
    const requests = fuzzRequests(operation, paths);
    while (requests.length > 0) {
      await Promise.all(requests.splice(0, AT_ONCE).map((request) => ask(operation, request)));
    }
  }
  process.stdout.write(
    `fuzz: ${count} requests to ${checker.operations.length} operations; undocumented answers: ${undocumented.length}; 5xx: ${failures}\n`,
  );
  expect(undocumented).toEqual([]);
  expect(failures).toBe(0);
}, 180_000);

test("bytes that are no HTTP request of ours are refused without an answer of the inside", async () => {
  const paths = [
    "/api/v1/%",
    "/api/v1/%ff",
    "/api/v1/blocks/%E0%A4%A/provenance",
    "/api/v1//status",
  ];
  for (const path of paths) {
    const { status, type, body } = await world.get(path);
    expect([400, 404]).toContain(status);
    expect(type).toContain("application/problem+json");
    expect(checker.checkSchema("Problem", body)).toEqual([]);
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\.js\b| {4}at /);
  }
});
