import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { GatewayHarness } from "../../helpers/gatewayHarness.js";
import { recordSeeds } from "../../helpers/rpcSeeds.js";

// Keys that mean something to JavaScript, at every place of the parameters of every method: no object may get them from there.

const POISON: readonly string[] = [
  '"__proto__":{"polluted":"yes"}',
  '"constructor":{"prototype":{"polluted":"yes"}}',
  '"prototype":{"polluted":"yes"}',
  '"__proto__":null',
  '"toString":"polluted","valueOf":1,"hasOwnProperty":true,"then":1',
];

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open();
});
afterAll(() => harness.close());

/** JSON texts of a value, each with the poison in one of its objects, or an object of it in the place of one text. */
function poisoned(value: unknown, poison: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      poisoned(item, poison).map(
        (text) => `[${value.map((old, at) => (at === index ? text : JSON.stringify(old))).join()}]`,
      ),
    );
  }
  if (typeof value !== "object" || value === null) return [`{${poison}}`];
  const entries = Object.entries(value);
  const fields = entries.map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`);
  return [
    `{${[poison, ...fields].join()}}`,
    `{${[...fields, poison].join()}}`,
    ...entries.flatMap(([key, item], index) =>
      poisoned(item, poison).map((text) => {
        const field = `${JSON.stringify(key)}:${text}`;
        return `{${fields.map((old, at) => (at === index ? field : old)).join()}}`;
      }),
    ),
  ];
}

const standard = [Object.prototype, Array.prototype, Function.prototype].map((object) =>
  Reflect.ownKeys(object).map(String).join(),
);

function expectCleanPrototypes(where: string): void {
  expect([where, ({} as { polluted?: unknown }).polluted]).toEqual([where, undefined]);
  expect([where, ([] as { polluted?: unknown }).polluted]).toEqual([where, undefined]);
  const now = [Object.prototype, Array.prototype, Function.prototype].map((object) =>
    Reflect.ownKeys(object).map(String).join(),
  );
  expect([where, now]).toEqual([where, standard]);
}

test("keys of the prototype in any place of any method's parameters change nothing", async () => {
  const { seeds } = await recordSeeds(harness);
  const seen = new Set<string>();
  const internal: string[] = [];
  let count = 0;
  for (const { method, params } of seeds) {
    const shape = `${method} ${JSON.stringify(params).replace(/[0-9a-f]+/g, "")}`;
    if (seen.has(shape)) continue;
    seen.add(shape);
    const requests = POISON.flatMap((poison) => poisoned(params, poison)).map(
      (text) => `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${text}}`,
    );
    for (let at = 0; at < requests.length; at += 50) {
      const batch = requests.slice(at, at + 50);
      const { body } = await harness.send(`[${batch.join()}]`);
      count += batch.length;
      const answers = body as { error?: { code: number } }[];
      expect(answers).toHaveLength(batch.length);
      answers.forEach(({ error }, index) => {
        if (error?.code === -32603) internal.push(String(batch[index]).slice(0, 300));
      });
    }
    expectCleanPrototypes(method);
  }
  process.stdout.write(`prototypes: ${count} requests to ${seen.size} kinds of calls\n`);
  expect(count).toBeGreaterThan(500);
  expect(internal).toEqual([]);
}, 120_000);

test("the envelope, REST and filters take none either", async () => {
  for (const poison of POISON) {
    const envelope = `{${poison},"jsonrpc":"2.0","id":1,"method":"eth_chainId"}`;
    expect((await harness.send(envelope)).body).toMatchObject({ result: "0x385" });
    await harness.send(`{"jsonrpc":"2.0","id":{${poison}},"method":"eth_chainId"}`);
    const { result } = await harness.rpc("eth_newFilter", [JSON.parse(`{${poison}}`)]);
    if (result !== undefined) await harness.rpc("eth_getFilterLogs", [result]);
    for (const path of ["deposits", "withdrawals", "proposals"]) {
      const response = await fetch(`${harness.url}/api/v1/${path}/prepare`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{${poison}}`,
      });
      expect([400, 503]).toContain(response.status);
    }
    expectCleanPrototypes(poison);
  }
  for (const query of [
    "__proto__[polluted]=yes",
    "constructor[prototype][polluted]=yes",
    "__proto__=1",
  ]) {
    const response = await fetch(`${harness.url}/api/v1/batches?${query}`);
    expect([200, 400, 503]).toContain(response.status);
    expectCleanPrototypes(query);
  }
});
