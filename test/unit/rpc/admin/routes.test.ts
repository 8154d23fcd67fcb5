import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ServiceError } from "../../../../src/services/errors.js";
import {
  type Call,
  call,
  fakeKey,
  OPERATOR,
  startAdminHarness,
  VIEWER,
} from "../../../helpers/adminHarness.js";

let admin: Awaited<ReturnType<typeof startAdminHarness>>;

beforeEach(async () => {
  admin = await startAdminHarness({
    engine: {
      dbGet: (hash) =>
        hash === `0x${"ab".repeat(32)}` ? Uint8Array.of(0xc0, 0xff, 0xee) : undefined,
    },
    prover: {
      payload: async (block) => {
        if (block !== 1n) throw new ServiceError("NODE_UNKNOWN_BLOCK", { block });
        return Uint8Array.of(1, 2);
      },
    },
  });
});
afterEach(() => admin.server.close());

async function ask(path: string, options: Call = {}) {
  const answer = await call(admin.port, path, { token: OPERATOR, ...options });
  return { status: answer.status, body: answer.text === "" ? null : JSON.parse(answer.text) };
}

const post = (path: string, options: Call = {}) => ask(path, { method: "POST", ...options });

const rpc = async (method: string, params: unknown[] = [], token = OPERATOR) =>
  (await post("/", { token, body: { jsonrpc: "2.0", id: 1, method, params } })).body;

describe("roles", () => {
  test("stop and start, told once, and visible everywhere", async () => {
    expect((await post("/admin/sequencer/stop")).body).toEqual({
      role: "sequencer",
      isRunning: false,
      changed: true,
    });
    expect(admin.sequencer.isOn).toBe(false);
    expect((await post("/admin/sequencer/stop")).body.changed).toBe(false);
    expect((await ask("/readyz")).body).toEqual({
      ready: true,
      problems: [],
      stoppedRoles: ["sequencer"],
    });
    const { roles } = (await ask("/admin/roles", { token: VIEWER })).body;
    expect(roles[0]).toMatchObject({ name: "sequencer", isRunning: false, isStoppable: true });
    expect((await post("/admin/sequencer/start")).body.changed).toBe(true);
    expect(admin.sequencer.isOn).toBe(true);
  });

  test("a role that this server does not run is unknown", async () => {
    expect(await post("/admin/proposer/stop")).toMatchObject({
      status: 404,
      body: { code: "role-unknown", role: "proposer" },
    });
    expect((await post("/admin/node/stop")).body.code).toBe("route-unknown");
  });

  test("a flush asks the batcher under the request's id, unless it is stopped", async () => {
    const headers = { "request-id": "flush-1" };
    expect(await post("/admin/batcher/flush", { headers })).toMatchObject({
      status: 202,
      body: { requested: true, traceId: "flush-1" },
    });
    expect([admin.flushes, admin.nudges]).toEqual([["flush"], ["batching flush-1"]]);
    await post("/admin/batcher/stop");
    expect((await post("/admin/batcher/flush")).body.code).toBe("role-stopped");
  });
});

describe("JSON-RPC", () => {
  test("has op-node's names and words", async () => {
    expect((await rpc("admin_sequencerActive")).result).toBe(true);
    expect((await rpc("admin_stopSequencer")).result).toBe(`0x${"22".repeat(32)}`);
    expect((await rpc("admin_sequencerActive")).result).toBe(false);
    expect((await rpc("admin_stopSequencer")).error.message).toBe("sequencer is not running");
    const wrong = await rpc("admin_startSequencer", [`0x${"99".repeat(32)}`]);
    expect(wrong.error.message).toContain("the unsafe head is 0x22");
    expect((await rpc("admin_startSequencer", [`0x${"22".repeat(32)}`])).result).toBeNull();
    expect((await rpc("admin_startSequencer")).error.message).toBe("sequencer is already running");
    expect((await rpc("admin_stopBatcher")).result).toBeNull();
    expect((await rpc("admin_startBatcher")).result).toBeNull();
    expect((await rpc("admin_stopProposer")).error.message).toContain("does not run this role");
    expect((await rpc("admin_setLogLevel", ["DEBUG"])).result).toBeNull();
    expect(admin.deps.logControl.level).toBe("debug");
    expect((await rpc("admin_nothing")).error.code).toBe(-32601);
    expect((await post("/", { body: [] })).body.error.code).toBe(-32600);
  });

  test("a viewer reads contents of the engine by their hash, and payloads of blocks", async () => {
    const known = `0x${"ab".repeat(32)}`;
    expect((await rpc("debug_dbGet", [known], VIEWER)).result).toBe("0xc0ffee");
    expect((await rpc("debug_dbGet", [known.toUpperCase().replace("X", "x")])).result).toBe(
      "0xc0ffee",
    );
    const missing = `0x${"cd".repeat(32)}`;
    expect((await rpc("debug_dbGet", [missing], VIEWER)).error.message).toContain(missing);
    for (const params of [[], ["0x12"], [7], [`${known}00`]]) {
      expect((await rpc("debug_dbGet", params, VIEWER)).error.code).toBe(-32602);
    }
    expect((await rpc("debug_blockPayload", ["0x1"], VIEWER)).result).toBe("0x0102");
    expect((await rpc("debug_blockPayload", ["0x9"], VIEWER)).error.message).toContain(
      "no such L2 block",
    );
    expect((await rpc("debug_blockPayload", [1], VIEWER)).error.code).toBe(-32602);
  });

  test("a viewer may ask whether the sequencer runs, and no more", async () => {
    expect((await rpc("admin_sequencerActive", [], VIEWER)).result).toBe(true);
    expect((await rpc("admin_stopSequencer", [], VIEWER)).error.code).toBe(-32001);
    expect(admin.sequencer.isOn).toBe(true);
  });
});

describe("keys and L1 transactions", () => {
  test("keys: address, balance, fees per hour and runway", async () => {
    expect((await ask("/admin/keys", { token: VIEWER })).body.keys).toEqual([
      {
        roles: ["batcher"],
        address: admin.key.sender.address,
        balanceWei: "1000",
        feesPerHourWei: "500",
        runwaySec: 7_200,
      },
    ]);
  });

  test("transactions are listed, bumped and cancelled by their id", async () => {
    const { transactions } = (await ask("/admin/l1-transactions", { token: VIEWER })).body;
    expect(transactions).toMatchObject([
      {
        label: "append 7",
        nonce: 7,
        bumps: 1,
        ageSec: 2,
        maxFeePerGasWei: "3",
        roles: ["batcher"],
      },
    ]);
    const path = `/admin/l1-transactions/${transactions[0].id}`;
    expect((await post(`${path}/bump`)).body).toMatchObject({
      outcome: "replaced",
      maxFeePerGasWei: "5",
    });
    await post(`${path}/cancel`);
    expect(admin.key.orders).toEqual(["bump", "cancel"]);
    expect((await post("/admin/l1-transactions/0x1-1/bump")).body.code).toBe(
      "l1-transaction-unknown",
    );
  });

  test("a transaction that could not be replaced is a conflict with its reason", async () => {
    const key = fakeKey({ outcome: "fee ceiling reached" });
    const own = await startAdminHarness({ keys: [key] });
    const path = `/admin/l1-transactions/${key.sender.address}-7/bump`;
    const answer = await call(own.port, path, { method: "POST", token: OPERATOR });
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: "fee ceiling reached" });
    await own.server.close();
  });
});

describe("log level", () => {
  test("changes and is told; unknown levels are refused", async () => {
    const put = (body: unknown) => ask("/admin/log-level", { method: "PUT", body });
    expect((await put({ level: "warn" })).body).toEqual({ level: "warn", before: "info" });
    expect((await ask("/admin/log-level")).body).toEqual({ level: "warn" });
    for (const wrong of [{ level: "trace" }, {}, [], { level: { $ne: 1 } }]) {
      expect((await put(wrong)).body.code).toBe("log-level-unknown");
    }
    expect((await put("{")).body.code).toBe("body-malformed");
    expect((await put("x".repeat(70_000))).body.code).toBe("body-too-large");
  });
});

describe("Idempotency-Key", () => {
  const flush = (key: string, body?: unknown) =>
    post("/admin/batcher/flush", { headers: { "idempotency-key": key }, body });

  test("the same request gets the same answer and is done once", async () => {
    const [first, second] = await Promise.all([flush("k1"), flush("k1")]);
    expect(second.body).toEqual(first.body);
    expect(admin.flushes).toHaveLength(1);
    await flush("k2");
    expect(admin.flushes).toHaveLength(2);
  });

  test("another request under a used key is a conflict", async () => {
    await flush("k1");
    expect((await flush("k1", { other: 1 })).body.code).toBe("idempotency-key-reused");
    const headers = { "idempotency-key": "k1" };
    expect((await post("/admin/batcher/stop", { headers })).status).toBe(409);
    expect(admin.roles.isRunning("batcher")).toBe(true);
    expect((await flush("k".repeat(129))).body.code).toBe("idempotency-key-malformed");
  });

  test("a refusal is not remembered", async () => {
    await post("/admin/batcher/stop");
    expect((await flush("k1")).status).toBe(409);
    await post("/admin/batcher/start");
    expect((await flush("k1")).status).toBe(202);
  });
});

test("audit: one line for each change, with who and what came of it", async () => {
  await post("/admin/sequencer/stop", { headers: { "request-id": "r1" } });
  await ask("/admin/roles");
  const lines = admin.lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit);
  expect(lines).toMatchObject([
    {
      msg: "operator action",
      actor: "operator",
      via: "bearer",
      method: "POST",
      path: "/admin/sequencer/stop",
      status: 200,
      requestId: "r1",
    },
  ]);
  expect(admin.lines.join("")).not.toContain(OPERATOR);
});

test("diagnostics: a bundle without secrets, wherever they were planted", async () => {
  const canary = "CANARY5ECRET";
  const own = await startAdminHarness({
    config: () => ({ l1RpcUrl: `https://user:${canary}@l1.example/v3/${canary}?key=${canary}` }),
    readiness: () => [`L1 at https://l1.example/${canary} does not answer`],
  });
  own.deps.logger.warn({ url: `redis://:${canary}@h:1/2`, privateKey: canary }, "careful");
  own.deps.logger.error({ error: new Error(`GET http://x.example/${canary} failed`) }, "failed");
  const answer = await call(own.port, "/admin/diagnostics", { token: VIEWER });
  expect(answer.status).toBe(200);
  expect(answer.text).not.toContain(canary);
  const bundle = JSON.parse(answer.text);
  expect(bundle).toMatchObject({
    config: { l1RpcUrl: "https://l1.example/***" },
    heads: { headL1: { number: "9" } },
    roles: [{ name: "sequencer" }, { name: "batcher" }],
    keys: [{ balanceWei: "1000" }],
    l1Transactions: [{ label: "append 7" }],
    warnings: [{ msg: "careful", url: "redis://h:1/***" }, { msg: "failed" }],
  });
  expect(bundle.versions.node).toBe(process.versions.node);
  await own.server.close();
});
