import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type FoveaServer, startFovea } from "../helpers/foveaServer.js";
import { freePort } from "../helpers/freePort.js";
import { listeningSockets } from "../helpers/listeningSockets.js";

// What a running server shows to other machines, to pages and to readers of its logs.

const CANARY = "canary0123456789canary";
const LOOPBACK = ["127.0.0.1", "::1"];
/** The kernel's tables of sockets are read from /proc. */
const testOnLinux = process.platform === "linux" ? test : test.skip;

let server: FoveaServer;
let follower: FoveaServer | undefined;
beforeAll(async () => {
  server = await startFovea();
}, 90_000);
afterAll(async () => {
  await follower?.stop();
  follower?.clean();
  await server?.stop();
  server?.clean();
});

/** Status of an answer to a request that names another host. */
function statusFor(port: number, path: string, method: string, host: string): Promise<number> {
  return new Promise((done, fail) => {
    const headers = { host, "content-type": "application/json", "content-length": 0 };
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (r) => {
      r.resume();
      done(r.statusCode ?? 0);
    });
    sent.on("error", fail);
    sent.end();
  });
}

testOnLinux("a server and its children listen on this machine's own addresses only", () => {
  const sockets = listeningSockets(server.process.pid ?? 0);
  const ports = sockets.map(({ port }) => port);
  // Four ports that were asked for, and the queue's Redis.
  expect(ports).toEqual(expect.arrayContaining(Object.values(server.ports)));
  expect(ports.length).toBeGreaterThan(4);
  expect(sockets.filter(({ address }) => !LOOPBACK.includes(address))).toEqual([]);
});

test("names that are not this machine's are refused on every port of ours", async () => {
  const { rpc, admin, engine } = server.ports;
  const asked: [number, string, string][] = [
    ...["/", "/rpc", "/api/v1/status", "/docs", "/healthz"].map(
      (path): [number, string, string] => [rpc, path, "GET"],
    ),
    [rpc, "/", "POST"],
    ...["/metrics", "/healthz", "/queues", "/login", "/status"].map(
      (path): [number, string, string] => [admin, path, "GET"],
    ),
    [admin, "/", "POST"],
    [engine, "/", "POST"],
  ];
  for (const [port, path, method] of asked) {
    for (const host of ["evil.example", `evil.example:${port}`, "localhost.evil.example"]) {
      const status = await statusFor(port, path, method, host);
      expect([port, path, host, status]).toEqual([port, path, host, 403]);
    }
    expect(await statusFor(port, path, method, `localhost:${port}`)).not.toBe(403);
  }
});

test("every page says what it may load, and by whom it may be framed; none names its program", async () => {
  const token = readFileSync(join(server.dataDir, "admin.token"), "utf8").trim();
  const pages = [
    ...["/", "/docs", "/problems"].map((path) => `${server.url}${path}`),
    ...["/login", "/", "/queues/"].map((path) => `${server.adminUrl}${path}`),
  ];
  for (const page of pages) {
    const { headers } = await fetch(page, {
      headers: { accept: "text/html", authorization: `Bearer ${token}` },
    });
    expect([page, headers.get("content-type")]).toEqual([page, expect.stringContaining("html")]);
    const policy = headers.get("content-security-policy") ?? "";
    expect([page, policy]).toEqual([page, expect.stringMatching(/default-src '(self|none)'/)]);
    expect([page, policy]).toEqual([page, expect.stringContaining("frame-ancestors 'none'")]);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
    expect([page, headers.get("x-content-type-options")]).toEqual([page, "nosniff"]);
    expect([page, headers.get("x-powered-by"), headers.get("server")]).toEqual([page, null, null]);
  }
});

test("with publicly known keys and --host for everybody the server does not start", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-exposed-"));
  const child = spawn(
    process.execPath,
    [
      resolve("bin/fovea.mjs"),
      "start",
      ...["--datadir", folder, "--host", "0.0.0.0", "--port", "0", "--admin-port", "0"],
      ...["--l1-port", "0", "--log-level", "silent"],
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, NODE_OPTIONS: "" } },
  );
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((done) => child.once("close", done));
  rmSync(folder, { recursive: true, force: true });
  expect({ code, lines: stderr.trim().split("\n").length }).toEqual({ code: 78, lines: 1 });
  expect(stderr).toContain("--unsafe-allow-dev-keys");
});

testOnLinux(
  "a node without keys may be public: only its public port is, and the key in the address of its L1 stays secret",
  async () => {
    const ports = {
      rpc: await freePort(),
      admin: await freePort(),
      engine: await freePort(),
      l1: await freePort(),
    };
    follower = await startFovea({
      ports,
      l1Url: `${server.l1Url}/?apikey=${CANARY}`,
      roles: "verifier",
      args: ["--host", "0.0.0.0", "--log-level", "debug"],
    });
    const open = listeningSockets(follower.process.pid ?? 0).filter(
      ({ address }) => !LOOPBACK.includes(address),
    );
    expect(open.map(({ port }) => port)).toEqual([ports.rpc]);

    const tokens = ["admin.token", "viewer.token"].map((name) =>
      readFileSync(join(follower?.dataDir ?? "", name), "utf8").trim(),
    );
    const texts: Record<string, string> = { output: follower.output() };
    for (const path of ["/metrics", "/status", "/admin/diagnostics", "/admin/keys"]) {
      const headers = { authorization: `Bearer ${tokens[0]}` };
      texts[path] = await (await fetch(`${follower.adminUrl}${path}`, { headers })).text();
    }
    for (const path of ["/", "/api/v1/status", "/api/v1/contracts", "/api/v1/limits", "/readyz"]) {
      const headers = { accept: "text/html" };
      texts[`public ${path}`] = await (await fetch(`${follower.url}${path}`, { headers })).text();
    }
    expect(texts["/admin/diagnostics"]).toContain("l1RpcUrl");
    for (const [where, text] of Object.entries(texts)) {
      const found = [CANARY, ...tokens].filter((secret) => text.includes(secret));
      expect([where, text.length > 0, found]).toEqual([where, true, []]);
    }
  },
  120_000,
);
