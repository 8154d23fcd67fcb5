import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createClient } from "redis";
import {
  devAccount,
  devKey,
  type FoveaServer,
  rpc,
  startFovea,
  until,
} from "../helpers/foveaServer.js";

const ROOT = join(import.meta.dirname ?? ".", "../..");
/** The development chain's batcher and proposer; given by hand so that they are secrets like any other. */
const CANARIES = [devKey(9), devKey(8)] as const;

let server: FoveaServer;
let operator: string;
let viewer: string;

beforeAll(async () => {
  server = await startFovea({
    args: ["--log-level", "debug", "--log-json"],
    env: { FOVEA_BATCHER_KEY: CANARIES[0], FOVEA_PROPOSER_KEY: CANARIES[1] },
  });
  operator = readFileSync(join(server.dataDir, "admin.token"), "utf8").trim();
  viewer = readFileSync(join(server.dataDir, "viewer.token"), "utf8").trim();
}, 120_000);
afterAll(async () => {
  await server?.stop();
  server?.clean();
});

async function ask(path: string, options: { method?: string; token?: string; id?: string } = {}) {
  const response = await fetch(`${server.adminUrl}${path}`, {
    method: options.method ?? "GET",
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.id === undefined ? {} : { "request-id": options.id }),
    },
  });
  const text = await response.text();
  return { status: response.status, text };
}

const json = async (path: string) => JSON.parse((await ask(path, { token: viewer })).text);

/** Log lines of the server as objects. */
function lines(): Record<string, unknown>[] {
  return server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        // The last one may be half written.
        return [];
      }
    });
}

const unsafeHead = async () => Number(await rpc(server.url, "eth_blockNumber"));

test("tokens are files that only the owner can read, and open the port", async () => {
  for (const name of ["admin.token", "viewer.token"]) {
    expect(statSync(join(server.dataDir, name)).mode & 0o777).toBe(0o600);
  }
  expect(operator).toMatch(/^[0-9a-f]{64}$/);
  expect((await ask("/admin/roles")).status).toBe(401);
  expect((await ask("/admin/roles", { token: viewer })).status).toBe(200);
  expect((await ask("/admin/batcher/flush", { method: "POST", token: viewer })).status).toBe(403);
});

test("nothing of the admin port is on the public one", async () => {
  const methods = [
    ...["Sequencer", "Batcher", "Proposer"].flatMap((role) => [
      `admin_start${role}`,
      `admin_stop${role}`,
    ]),
    "admin_sequencerActive",
    "admin_setLogLevel",
  ];
  for (const method of methods) {
    await expect(rpc(server.url, method)).rejects.toThrow(/does not exist/);
  }
  const paths = [
    "/admin/roles",
    "/admin/keys",
    "/admin/diagnostics",
    "/queues",
    "/metrics",
    "/login",
  ];
  for (const path of paths) {
    const response = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${operator}`, accept: "application/json" },
    });
    expect([path, response.status]).toEqual([path, 404]);
  }
});

test("a stopped sequencer makes no blocks, is told everywhere, and goes on when started", async () => {
  await until("a block", async () => (await unsafeHead()) > 0);
  const stop = await ask("/admin/sequencer/stop", { method: "POST", token: operator });
  expect(JSON.parse(stop.text)).toEqual({ role: "sequencer", isRunning: false, changed: true });
  const before = await unsafeHead();
  await new Promise((done) => setTimeout(done, 5_000));
  expect(await unsafeHead()).toBe(before);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect((await json("/readyz")).stoppedRoles).toEqual(["sequencer"]);
  expect((await ask("/metrics")).text).toContain('fovea_role_running{role="sequencer"} 0');
  await ask("/admin/sequencer/start", { method: "POST", token: operator });
  await until("more blocks", async () => (await unsafeHead()) > before);
});

test("a stopped batcher posts nothing although its jobs go on, until it is started", async () => {
  await ask("/admin/batcher/stop", { method: "POST", token: operator });
  const appended = () => lines().filter(({ msg }) => msg === "entry appended").length;
  const before = appended();
  await new Promise((done) => setTimeout(done, 7_000));
  expect(appended()).toBe(before);
  const refused = await ask("/admin/batcher/flush", { method: "POST", token: operator });
  expect(JSON.parse(refused.text).code).toBe("role-stopped");
  await ask("/admin/batcher/start", { method: "POST", token: operator });
  await until("an entry", async () => appended() > before);
});

test("one id leads from a flush over the job to the L1 transaction", async () => {
  const id = "req-flush-e2e";
  const flush = await ask("/admin/batcher/flush", { method: "POST", token: operator, id });
  expect(flush.status).toBe(202);
  const traced = (msg: string) => lines().find((line) => line.traceId === id && line.msg === msg);
  const appended = await until("the entry", async () => traced("entry appended"));
  const included = traced("included on L1");
  expect(included).toMatchObject({ role: "l1", txHash: appended.txHash });
  expect(traced("operator action")).toMatchObject({ actor: "operator", status: 202 });
});

test("one id leads from a raw transaction over its L2 block to the L1 transaction that carries it", async () => {
  const id = "req-transfer-e2e";
  const account = devAccount(5);
  const raw = await account.signTransaction({
    ...{ chainId: 901, type: "eip1559", nonce: 0, to: account.address, gas: 21_000n },
    ...{ maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n },
  });
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", "request-id": id },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "eth_sendRawTransaction",
      params: [raw],
    }),
  });
  expect(response.headers.get("request-id")).toBe(id);
  const { result: txHash } = (await response.json()) as { result: string };
  expect(txHash).toMatch(/^0x/);
  const traced = (msg: string) => lines().find((line) => line.traceId === id && line.msg === msg);
  const onL1 = await until("its batch", async () => traced("transaction on L1"));
  expect(onL1).toMatchObject({ txHash });
  expect(traced("transaction in an L2 block")).toMatchObject({ txHash });
  const appended = lines().find(
    ({ msg, txHash: found }) => msg === "entry appended" && found === onL1.l1TxHash,
  );
  expect(appended).toBeDefined();
});

test("the queue UI lists every kind of work", async () => {
  const { queues } = await until("queues", async () => {
    const found = await json("/queues/api/queues");
    return found.queues?.length > 0 ? found : undefined;
  });
  expect(queues.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["batching", "proposing", "verification", "forcing", "challenge"]),
  );
});

test("every metric of the alerts and the dashboard is there", async () => {
  const files = ["ops/alerts.yaml", "ops/grafana-dashboard.json"];
  const names = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(ROOT, file), "utf8").matchAll(/\b(?:fovea|nodejs|process)_\w+/g)].map(
        ([name]) => name,
      ),
    ),
  );
  expect(names.size).toBeGreaterThan(25);
  // Costs and runways are there after the first batch.
  await until("a batch", async () =>
    (await ask("/metrics")).text.includes("fovea_role_runway_seconds{"),
  );
  const { text } = await ask("/metrics");
  const missing = [...names].filter((name) => !new RegExp(`^${name}[{ ]`, "m").test(text));
  expect(missing).toEqual([]);
});

test("keys: balances and runway of the roles that pay", async () => {
  const { keys } = await json("/admin/keys");
  expect(keys.map(({ roles }: { roles: string[] }) => roles.join())).toEqual([
    "batcher",
    "proposer",
  ]);
  for (const key of keys) expect(BigInt(key.balanceWei)).toBeGreaterThan(0n);
  expect(Object.keys(keys[0]).join()).not.toMatch(/private|secret/i);
});

test("no secret is in logs, answers, metrics or Redis", async () => {
  const texts: Record<string, string> = { logs: server.output() };
  for (const path of ["/metrics", "/status", "/admin/diagnostics", "/admin/keys", "/admin/roles"]) {
    texts[path] = (await ask(path, { token: viewer })).text;
  }
  expect(JSON.parse(texts["/admin/diagnostics"] ?? "").config.batcherKey).toBe("***");
  const note = JSON.parse(readFileSync(join(server.dataDir, "redis", "server.json"), "utf8"));
  const client = createClient({ url: note.url ?? `redis://127.0.0.1:${note.port}` });
  await client.connect();
  const dumps: string[] = [];
  for (const key of await client.keys("*")) {
    dumps.push(key, (await client.dump(key))?.toString() ?? "");
  }
  client.destroy();
  expect(dumps.length).toBeGreaterThan(10);
  texts.redis = dumps.join("\n");
  const secrets = [...CANARIES, ...CANARIES.map((key) => key.slice(2)), operator, viewer];
  for (const [where, text] of Object.entries(texts)) {
    const found = secrets.filter((secret) => text.toLowerCase().includes(secret));
    expect([where, found]).toEqual([where, []]);
  }
});

test("the log level changes at run time", async () => {
  const put = await fetch(`${server.adminUrl}/admin/log-level`, {
    method: "PUT",
    headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
    body: JSON.stringify({ level: "silent" }),
  });
  expect(await put.json()).toEqual({ level: "silent", before: "debug" });
  const before = lines().length;
  await new Promise((done) => setTimeout(done, 3_000));
  expect(lines().length).toBe(before);
});
