import { EventEmitter } from "node:events";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { WebSocket } from "ws";
import { Dispatcher } from "../../../src/rpc/dispatcher.js";
import { FilterRegistry } from "../../../src/rpc/live/filterRegistry.js";
import { method, type RpcMethod } from "../../../src/rpc/method.js";
import { methodCost } from "../../../src/rpc/methodCost.js";
import { optional, required } from "../../../src/rpc/params/param.js";
import { RateLimiter } from "../../../src/rpc/rateLimiter.js";
import { METHODS } from "../../../src/rpc/registry.js";
import {
  DEFAULT_GATEWAY_LIMITS,
  type GatewayLimits,
  type RpcContext,
} from "../../../src/rpc/types.js";
import { WsConnection } from "../../../src/rpc/wsConnection.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { FakeClock } from "../../helpers/fakeClock.js";
import { type Answer, GatewayHarness, RECIPIENT } from "../../helpers/gatewayHarness.js";
import { Random } from "../../helpers/rpcMutations.js";

const START_MS = 1_800_000_000_000;

describe("rate limit", () => {
  const limits = { rateUnitsPerSecond: 100, rateBurst: 400 };
  const create = () => {
    const clock = new FakeClock(START_MS);
    return { clock, rates: new RateLimiter(limits, { clock }) };
  };

  test("an address may use its burst at once and then what comes back", () => {
    const { clock, rates } = create();
    const take = (units: number) => rates.take("203.0.113.5", units);
    expect([take(400), take(1)]).toEqual([true, false]);
    clock.advance(100);
    expect([take(11), take(10), take(1)]).toEqual([false, true, false]);
    clock.advance(3_600_000);
    expect([take(401), take(400), take(1)]).toEqual([false, true, false]);
  });

  test("a flood from one address takes nothing from another", () => {
    const { clock, rates } = create();
    const served = { flood: 0, other: 0 };
    for (let ms = 0; ms < 20_000; ms += 10) {
      clock.advance(10);
      for (let request = 0; request < 10; request++) {
        if (rates.take("203.0.113.5", 1)) served.flood++;
      }
      if (rates.take("203.0.113.6", 1)) served.other++;
    }
    expect(served.other).toBe(2_000);
    // The burst, and 100 a second.
    expect(served.flood).toBeGreaterThanOrEqual(2_390);
    expect(served.flood).toBeLessThanOrEqual(2_401);
  });

  test("one IPv6 network is one client; this machine is not limited", () => {
    const { rates } = create();
    expect(rates.take("2001:db8:1:2:3:4:5:6", 400)).toBe(true);
    expect(rates.take("2001:db8:1:2::9", 1)).toBe(false);
    expect(rates.take("2001:db8:1:3::9", 1)).toBe(true);
    expect(rates.take("::ffff:203.0.113.9", 400)).toBe(true);
    expect(rates.take("203.0.113.9", 1)).toBe(false);
    for (const local of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", undefined]) {
      for (let flood = 0; flood < 5; flood++) expect(rates.take(local, 400)).toBe(true);
    }
  });

  test("it remembers a limited number of addresses, and can be switched off", () => {
    const { clock, rates } = create();
    for (let index = 0; index < 20_000; index++) {
      rates.take(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 1);
    }
    expect(rates.size).toBe(10_000);
    const off = new RateLimiter({ rateUnitsPerSecond: 0, rateBurst: 0 }, { clock });
    expect(off.take("203.0.113.5", 1_000_000)).toBe(true);
  });

  test("what costs the server more costs more units", () => {
    const cost = (name: string) => methodCost(name, METHODS.get(name));
    expect(cost("eth_blockNumber")).toBe(1);
    expect(cost("eth_sendRawTransaction")).toBe(5);
    expect(cost("eth_call")).toBe(10);
    expect(cost("eth_estimateGas")).toBe(10);
    expect(cost("eth_getLogs")).toBe(20);
    expect(cost("debug_traceTransaction")).toBe(50);
    expect(cost("constructor")).toBe(1);
  });
});

describe("dispatcher", () => {
  const never: RpcMethod = {
    doc: "Never ends.",
    usesEvm: true,
    handle: () => new Promise(() => {}),
  };
  const quick = method({ doc: "Answers at once.", params: [], run: () => "0x1" });
  const long = method({
    doc: "Answers at length.",
    params: [required((value) => Number(value))],
    run: ([size]) => "x".repeat(size),
  });
  const polluted = method({
    doc: "Shows what it was given.",
    params: [optional((value) => value, undefined)],
    run: ([value]) => ({ given: value, own: Object.keys({}).length }),
  });
  const create = (limits: Partial<GatewayLimits> = {}) =>
    new Dispatcher(
      { ...DEFAULT_GATEWAY_LIMITS, ...limits },
      {
        methods: new Map(Object.entries({ never, quick, long, polluted })),
        logger: silentLogger(),
        clock: new FakeClock(START_MS),
      },
    );
  const ask = async (
    dispatcher: Dispatcher,
    text: string,
    context: Partial<RpcContext> = {},
  ): Promise<{ status: number; body: unknown }> => {
    const { status, text: answer } = await dispatcher.handle(text, context as RpcContext);
    return { status, body: answer === null ? null : JSON.parse(answer) };
  };
  const call = (name: string, params: unknown[] = [], id: unknown = 1) =>
    JSON.stringify({ jsonrpc: "2.0", id, method: name, params });

  test("who asks too much is told to wait: 429 for a request, an error per item of a batch, nothing for notifications", async () => {
    const dispatcher = create({ rateUnitsPerSecond: 1, rateBurst: 3 });
    const stranger = { clientIp: "203.0.113.5" };
    const limited = { code: -32005, message: "rate limit exceeded, try again in a second" };
    expect(await ask(dispatcher, call("quick"), stranger)).toMatchObject({ status: 200 });
    const batch = `[${[1, 2, 3].map((id) => call("quick", [], id)).join(",")}]`;
    const { body, status } = await ask(dispatcher, batch, stranger);
    expect(status).toBe(200);
    expect((body as Answer[]).map(({ id, error }) => [id, error?.code])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, -32005],
    ]);
    expect(await ask(dispatcher, call("quick", [], "x"), stranger)).toEqual({
      status: 429,
      body: { jsonrpc: "2.0", id: "x", error: limited },
    });
    // What is no request costs too.
    expect((await ask(dispatcher, "[1]", stranger)).body).toMatchObject([{ error: limited }]);
    const notification = '{"jsonrpc":"2.0","method":"quick"}';
    expect((await ask(dispatcher, notification, stranger)).body).toBeNull();
    expect((await ask(dispatcher, call("quick"), { clientIp: "127.0.0.1" })).status).toBe(200);
    expect((await ask(dispatcher, call("quick"), { clientIp: "203.0.113.6" })).status).toBe(200);
  });

  test("a handler that takes too long is answered for, and counts until it ends", async () => {
    const dispatcher = create({ handlerTimeoutMs: 20, evmCalls: 2 });
    const timedOut = await Promise.all([1, 2].map(() => ask(dispatcher, call("never"))));
    for (const { body } of timedOut) expect(body).toMatchObject({ error: { code: -32002 } });
    const refused = await ask(dispatcher, call("never"));
    expect(refused).toMatchObject({ status: 503, body: { error: { code: -32005 } } });
    expect(await ask(dispatcher, call("quick"))).toMatchObject({ body: { result: "0x1" } });
  });

  test("an answer that is too large becomes an error with its id", async () => {
    const dispatcher = create({ responseBytes: 1_000 });
    expect((await ask(dispatcher, call("long", [500], "a"))).body).toMatchObject({
      id: "a",
      result: expect.any(String),
    });
    expect((await ask(dispatcher, call("long", [5_000], "a"))).body).toMatchObject({
      id: "a",
      error: { code: -32003 },
    });
  });

  test("ids come back as they were; what cannot come back is no id", async () => {
    const dispatcher = create();
    const idOf = async (text: string) => {
      const { body } = await ask(dispatcher, `{"jsonrpc":"2.0","id":${text},"method":"quick"}`);
      const { id, error } = body as Answer;
      return error === undefined ? id : error.code;
    };
    for (const id of [
      "0",
      "-1",
      "1.5",
      '""',
      '"\\u0000"',
      '"__proto__"',
      "null",
      "9007199254740991",
    ]) {
      expect(await idOf(id)).toEqual(JSON.parse(id));
    }
    for (const id of ["1e400", "-1e400", "{}", "[]", "true", "[1]"])
      expect(await idOf(id)).toBe(-32600);
  });

  test("of equal keys the last counts, and there is one answer", async () => {
    const dispatcher = create();
    const text =
      '{"jsonrpc":"2.0","id":1,"id":2,"method":"never","method":"quick","params":[1],"params":[]}';
    expect((await ask(dispatcher, text)).body).toEqual({ jsonrpc: "2.0", id: 2, result: "0x1" });
  });

  test("notifications between the items of a batch leave no hole", async () => {
    const dispatcher = create();
    const notification = '{"jsonrpc":"2.0","method":"quick"}';
    const wrong = '{"jsonrpc":"2.0","method":"nothing"}';
    const { body } = await ask(
      dispatcher,
      `[${notification},${call("quick", [], 5)},${wrong},${notification}]`,
    );
    expect(body).toEqual([{ jsonrpc: "2.0", id: 5, result: "0x1" }]);
  });

  test("names of the prototype are neither methods nor fields", async () => {
    const dispatcher = create();
    for (const name of ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"]) {
      expect((await ask(dispatcher, call(name))).body).toMatchObject({ error: { code: -32601 } });
    }
    const inherited = '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"quick"}}';
    expect((await ask(dispatcher, inherited)).body).toMatchObject({
      id: null,
      error: { code: -32600 },
    });
    const params = '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]';
    const text = `{"jsonrpc":"2.0","id":1,"method":"polluted","params":${params}}`;
    expect((await ask(dispatcher, text)).body).toMatchObject({ result: { own: 0 } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test("filters are limited in all and per address", () => {
  const clock = new FakeClock(START_MS);
  const feed = { listen: () => () => {}, settled: async () => {} };
  const limits = { filters: 5, filtersPerIp: 2, filterIdleMs: 1_000, filterQueueItems: 10 };
  const filters = new FilterRegistry(limits, { feed: feed as never, clock });
  const create = (ip?: string) => {
    try {
      filters.create({ type: "blocks" }, ip);
      return "created";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect([create("203.0.113.5"), create("203.0.113.5"), create("203.0.113.5")]).toEqual([
    "created",
    "created",
    "RPC_LIMIT_EXCEEDED",
  ]);
  expect(["127.0.0.1", "127.0.0.1", "::1", "203.0.113.6"].map(create)).toEqual([
    "created",
    "created",
    "created",
    "RPC_LIMIT_EXCEEDED",
  ]);
  clock.advance(1_001);
  expect(create("203.0.113.5")).toBe("created");
});

test("of many pings only the newest that waits is answered", () => {
  const pongs: { data: string; done: () => void }[] = [];
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    pong: (data: Buffer, _mask: boolean, done: () => void) =>
      void pongs.push({ data: data.toString(), done }),
  });
  const connection = new WsConnection(socket as unknown as WebSocket, {
    limits: DEFAULT_GATEWAY_LIMITS,
    logger: silentLogger(),
  });
  connection.serve(
    async () => null,
    () => {},
  );
  for (let ping = 0; ping < 10_000; ping++) socket.emit("ping", Buffer.from(String(ping)));
  expect(pongs.map(({ data }) => data)).toEqual(["0"]);
  pongs[0]?.done();
  pongs[1]?.done();
  expect(pongs.map(({ data }) => data)).toEqual(["0", "9999"]);
  socket.emit("close");
});

describe("limits of single methods", () => {
  let harness: GatewayHarness;
  afterEach(() => harness.close());

  test("lists and ranges that are too long are refused or cut, gas is capped", async () => {
    harness = await GatewayHarness.open({ limits: { logBlocks: 2n } });
    const slots = (count: number) =>
      Array.from({ length: count }, (_item, index) => `0x${index.toString(16)}`);
    const rpc = harness.rpc.bind(harness);
    expect((await rpc("eth_getProof", [RECIPIENT, slots(256), "latest"])).error).toBeUndefined();
    const proof = await rpc("eth_getProof", [RECIPIENT, slots(257), "latest"]);
    expect([-32602, -32005]).toContain(proof.error?.code);
    const addresses = Array.from({ length: 1_001 }, () => RECIPIENT);
    expect((await rpc("eth_getLogs", [{ address: addresses }])).error?.code).toBe(-32602);
    expect(
      (await rpc("eth_getLogs", [{ topics: [null, null, null, null, null] }])).error?.code,
    ).toBe(-32602);
    const history = await rpc("eth_feeHistory", ["0xffffffff", "latest", []]);
    expect((history.result as { gasUsedRatio: unknown[] }).gasUsedRatio.length).toBeLessThanOrEqual(
      1_024,
    );
    const percentiles = Array.from({ length: 101 }, (_item, index) => index * 0.9);
    expect((await rpc("eth_feeHistory", ["0x1", "latest", percentiles])).error?.code).toBe(-32602);
    const call = { to: RECIPIENT, gas: "0xffffffffffffffff" };
    expect((await rpc("eth_call", [call])).result).toBe("0x");
    const range = await rpc("eth_getLogs", [{ fromBlock: "0x0", toBlock: "0x3" }]);
    expect(range.error).toMatchObject({
      code: -32005,
      data: { retry: { fromBlock: "0x0", toBlock: "0x1" } },
    });
  });

  test("blocks that somebody made up are no error of ours when they are traced", async () => {
    harness = await GatewayHarness.open();
    const raw = String((await harness.rpc("debug_getRawBlock", ["0x3"])).result);
    const random = new Random(5);
    const codes = new Set<number | undefined>();
    for (let round = 0; round < 200; round++) {
      const at = 2 + 2 * random.below(raw.length / 2 - 1);
      const changed = random.once(2) ? random.below(256).toString(16).padStart(2, "0") : "";
      const block = raw.slice(0, at) + changed + raw.slice(at + 2);
      codes.add((await harness.rpc("debug_traceBlock", [block])).error?.code);
    }
    expect([...codes].filter((code) => code !== undefined)).toEqual([-32000]);
  });

  test("calls beyond those that may run at once are refused with 503 and told when to come again", async () => {
    harness = await GatewayHarness.open({ limits: { evmCalls: 1 } });
    // JUMPDEST PUSH0 JUMP: runs until its gas or its time is over.
    const overrides = { [RECIPIENT]: { code: "0x5b5f56" } };
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "eth_call",
      params: [{ to: RECIPIENT, gas: "0x1c9c380" }, "latest", overrides],
    });
    const answers = await Promise.all([1, 2, 3].map(() => harness.send(body)));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { headers, body: answer } of refused) {
      expect(headers.get("retry-after")).toBe("1");
      expect(answer).toMatchObject({ error: { code: -32005 } });
    }
  });
});
