import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodeAttributes } from "../../../../src/engine/wire/attributesJson.js";
import { encodePayload } from "../../../../src/engine/wire/payloadJson.js";
import { ZERO_HASH } from "../../../../src/util/hex.js";
import { EngineApiHarness } from "../../../helpers/engineApi.js";
import { EngineChain } from "../../../helpers/engineChain.js";

type Json = Record<string, unknown>;
const RUNS = Number(process.env.FOVEA_FUZZ_ENGINE ?? 400);
/** Numbers that the specification has; -32603 would be a fault of ours. */
const KNOWN = [-32600, -32602, -38001, -38002, -38003, -38004, -38005];

let chain: EngineChain;
let api: EngineApiHarness;
/** Requests that are good as they are. */
let requests: { method: string; params: unknown[] }[];

beforeAll(async () => {
  chain = await EngineChain.open();
  const { blockHash: head } = await chain.mine();
  api = await EngineApiHarness.open(chain.engine);
  const payload = await chain.build([]);
  const shape = { structure: 3, isRollup: true } as const;
  const state = { headBlockHash: head, safeBlockHash: head, finalizedBlockHash: ZERO_HASH };
  const attributes = encodeAttributes(await chain.attributes([]));
  requests = [
    {
      method: "engine_newPayloadV4",
      params: [encodePayload(payload, shape), [], payload.parentBeaconBlockRoot, []],
    },
    { method: "engine_forkchoiceUpdatedV3", params: [state, attributes] },
    { method: "engine_getPayloadV4", params: ["0x0500000000000000"] },
    { method: "engine_getPayloadBodiesByHashV1", params: [[head]] },
    { method: "engine_getPayloadBodiesByRangeV1", params: ["0x1", "0x1"] },
    { method: "engine_exchangeCapabilities", params: [["engine_newPayloadV4"]] },
  ];
});

afterAll(async () => {
  await api.close();
  await chain.engine.close();
});

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      0,
      -1,
      1e99,
      "",
      "0x",
      "0x0",
      "0x00",
      "0x01",
      "0xg",
      "0X1",
      "x",
      [],
      {},
      [null],
    ],
    ...["0xffffffffffffffff", "0x10000000000000000", `0x${"ff".repeat(32)}`, `0x${"f".repeat(65)}`],
    ...["__proto__", "constructor", { __proto__: { a: 1 } }, "0x7e", `0x03${"00".repeat(40)}`],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Replaces or adds one value, at the top or one level down. */
function mutate(params: unknown[], at: number, name: number, value: unknown): unknown[] {
  const place = at % (params.length + 1);
  const old = params[place];
  const isObject = typeof old === "object" && old !== null && !Array.isArray(old);
  if (!isObject || name % 5 === 0) return params.toSpliced(place, 1, value);
  const names = [...Object.keys(old), "toString", "extra"];
  const changed: Json = { ...(old as Json), [names[name % names.length] as string]: value };
  return params.toSpliced(place, 1, changed);
}

test("changed requests are answered with a result or a number of the specification, never with an internal error", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat(), odd), { minLength: 1, maxLength: 3 }),
      async (which, changes) => {
        const { method, params } = requests[which % requests.length] as (typeof requests)[number];
        const changed = changes.reduce(
          (now, [at, name, value]) => mutate(now, at, name, value),
          params,
        );
        const { result, error } = await api.call(method, ...changed);
        if (error === undefined) expect(result).toBeDefined();
        else
          expect([error.code, error.message, KNOWN.includes(error.code)]).toEqual([
            error.code,
            error.message,
            true,
          ]);
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);

test("text that is no request is answered as JSON-RPC says", async () => {
  const codeOf = async (body: string) => {
    const answer = (await (await api.send(body)).json()) as { error?: { code: number } };
    return answer.error?.code;
  };
  expect(await codeOf("{")).toBe(-32700);
  expect(await codeOf("[]")).toBe(-32600);
  expect(await codeOf("1")).toBe(-32600);
  expect(await codeOf(`${"[".repeat(60)}${"]".repeat(60)}`)).toBe(-32600);
  expect(await codeOf(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "engine_x" }))).toBe(-32601);
});
