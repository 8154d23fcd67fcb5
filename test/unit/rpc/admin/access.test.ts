import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adminRoutes } from "../../../../src/rpc/admin/adminServer.js";
import { call, OPERATOR, startAdminHarness, VIEWER } from "../../../helpers/adminHarness.js";

type Harness = Awaited<ReturnType<typeof startAdminHarness>>;
let admin: Harness;
/** Every route of the port but the two open ones and the login itself. */
let routes: { method: string; path: string }[];

beforeAll(async () => {
  admin = await startAdminHarness();
  const { address } = admin.key.sender;
  routes = [
    ...adminRoutes(admin.deps).map(({ method, path }) => ({
      method: method.toUpperCase(),
      path: path.replace(":id", `${address}-7`),
    })),
    { method: "GET", path: "/" },
    { method: "POST", path: "/" },
    { method: "POST", path: "/logout" },
    { method: "GET", path: "/queues" },
    { method: "GET", path: "/queues/api/queues" },
    { method: "PUT", path: "/queues/api/queues/pause" },
    { method: "PUT", path: "/queues/api/queues/batching/obliterate" },
    { method: "POST", path: "/queues/api/queues/batching/add" },
    { method: "PATCH", path: "/queues/api/queues/batching/1/update-data" },
    { method: "GET", path: "/nowhere" },
    { method: "DELETE", path: "/admin/keys" },
  ];
});
afterAll(() => admin.server.close());

const body = (method: string) =>
  method === "GET" ? {} : { body: { jsonrpc: "2.0", id: 1, method: "admin_stopBatcher" } };

/** Refused, and the answer holds nothing but the problem itself. */
function expectRefusal(answer: { status: number; text: string }, code: string, what: string): void {
  expect([what, JSON.parse(answer.text).code]).toEqual([what, code]);
  expect(Object.keys(JSON.parse(answer.text)).sort()).toEqual(
    ["code", "hint", "requestId", "status", "title", "type"].sort(),
  );
}

describe("every route of the admin port", () => {
  test("refuses a request without a token", async () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const { method, path } of routes) {
      const answer = await call(admin.port, path, { method, ...body(method) });
      expect([path, answer.status]).toEqual([path, 401]);
      expectRefusal(answer, "token-required", path);
    }
  });

  test("refuses wrong tokens, of any form", async () => {
    const wrong = ["x", OPERATOR.slice(1), `${OPERATOR}a`, "c".repeat(64)];
    for (const { method, path } of routes) {
      for (const token of wrong) {
        const answer = await call(admin.port, path, { method, token, ...body(method) });
        expect([path, answer.status]).toEqual([path, 401]);
        expectRefusal(answer, "token-wrong", path);
      }
    }
    const basic = { authorization: `Basic ${OPERATOR}` };
    expect((await call(admin.port, "/status", { headers: basic })).status).toBe(401);
    const cookie = { cookie: `fovea_admin=${OPERATOR}` };
    expect((await call(admin.port, "/status", { headers: cookie })).status).toBe(401);
  });

  test("refuses a viewer who wants to change something", async () => {
    const before = admin.lines.length;
    for (const { method, path } of routes) {
      if (method === "GET" || path === "/logout" || path === "/") continue;
      const answer = await call(admin.port, path, { method, token: VIEWER, ...body(method) });
      expect([path, answer.status]).toEqual([path, 403]);
      expectRefusal(answer, "operator-required", path);
    }
    const stop = { method: "POST", token: VIEWER, ...body("POST") };
    expect((await call(admin.port, "/", stop)).text).toContain("only an operator");
    expect(admin.sequencer.isOn).toBe(true);
    expect(admin.roles.isRunning("batcher")).toBe(true);
    expect(admin.flushes).toEqual([]);
    expect(admin.key.orders).toEqual([]);
    expect(admin.lines.slice(before).join("")).toContain("operator refused");
  });

  test("refuses pages of other origins, whatever their token", async () => {
    for (const origin of [
      "http://evil.example",
      "null",
      "http://127.0.0.1:1",
      "https://localhost",
    ]) {
      for (const { method, path } of routes) {
        const headers = { origin };
        const answer = await call(admin.port, path, {
          method,
          token: OPERATOR,
          headers,
          ...body(method),
        });
        expect([path, answer.status]).toEqual([path, 403]);
        expectRefusal(answer, "origin-foreign", path);
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
    }
  });

  test("refuses names that are not this machine's", async () => {
    for (const host of ["evil.example", "127.0.0.1.evil.example:9546", "fovea:9546"]) {
      const answer = await call(admin.port, "/status", { token: OPERATOR, headers: { host } });
      expectRefusal(answer, "host-unknown", host);
    }
  });

  test("sends its headers with every answer, and no banner", async () => {
    for (const path of ["/healthz", "/metrics", "/login", "/status", "/nowhere"]) {
      const { headers } = await call(admin.port, path, { token: OPERATOR });
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });
});

test("health and metrics are open, and nothing else", async () => {
  expect((await call(admin.port, "/healthz")).status).toBe(200);
  expect((await call(admin.port, "/metrics")).status).toBe(200);
  for (const path of ["/readyz", "/status", "/healthz/..%2fstatus", "//status", "/metrics/x"]) {
    expect([path, (await call(admin.port, path)).status]).toEqual([path, 401]);
  }
});

describe("login", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const login = (token: string, headers: Record<string, string> = {}) =>
    call(admin.port, "/login", {
      method: "POST",
      headers: { ...form, ...headers },
      body: `token=${token}`,
    });

  test("a browser without a session is sent to the form", async () => {
    const answer = await call(admin.port, "/queues", { headers: { accept: "text/html" } });
    expect([answer.status, answer.headers.location]).toEqual([303, "/login"]);
    expect((await call(admin.port, "/login")).text).toContain("<form");
  });

  test("a token opens a session; its cookie is no token and scripts cannot read it", async () => {
    const answer = await login(OPERATOR);
    expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
    const [setCookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(setCookie).not.toContain(OPERATOR);
    const cookie = setCookie.split(";")[0] ?? "";
    const home = await call(admin.port, "/", { headers: { cookie } });
    expect(home.text).toContain("Logged in as operator");

    const post = (headers: Record<string, string>) =>
      call(admin.port, "/admin/batcher/flush", { method: "POST", headers: { cookie, ...headers } });
    const own = { origin: `http://127.0.0.1:${admin.port}` };
    expect((await post({})).status).toBe(403);
    expect((await post({ ...own, "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await post({ origin: "http://127.0.0.1:9545" })).status).toBe(403);
    expect((await post(own)).status).toBe(202);
    expect((await post({ "x-requested-with": "curl" })).status).toBe(202);

    await call(admin.port, "/logout", { method: "POST", headers: { cookie, ...own } });
    expect((await call(admin.port, "/status", { headers: { cookie } })).status).toBe(401);
  });

  test("a viewer's session may look and change nothing", async () => {
    const answer = await login(VIEWER);
    const cookie = String(answer.headers["set-cookie"]).split(";")[0] ?? "";
    const headers = { cookie, origin: `http://127.0.0.1:${admin.port}` };
    expect((await call(admin.port, "/admin/roles", { headers })).status).toBe(200);
    const flush = await call(admin.port, "/admin/batcher/flush", { method: "POST", headers });
    expect(flush.status).toBe(403);
  });

  test("wrong tokens are limited, also for the right one that follows; Bearer still works", async () => {
    const own = await startAdminHarness();
    const post = (token: string) =>
      call(own.port, "/login", { method: "POST", headers: form, body: `token=${token}` });
    for (let i = 0; i < 10; i += 1) expect((await post("wrong")).status).toBe(401);
    expect((await post("wrong")).status).toBe(429);
    expect((await post(OPERATOR)).status).toBe(429);
    expect((await call(own.port, "/status", { token: OPERATOR })).status).toBe(200);
    expect(own.lines.join("")).not.toContain('"token":"wrong');
    await own.server.close();
  });
});
