import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { GatewayHarness, RECIPIENT } from "../../helpers/gatewayHarness.js";

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open({ config: { vhosts: ["node.example"] } });
});
afterAll(() => harness.close());

async function get(path: string): Promise<{ status: number; type: string | null; body: unknown }> {
  const response = await fetch(harness.url + path);
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: await response.json(),
  };
}

/** fetch does not let one choose the Host header. */
function statusForHost(host: string, path = "/healthz"): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: harness.port, host: "127.0.0.1", path, headers: { host } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on("error", reject).end();
  });
}

test("GET /api/v1/contracts gives what the server was composed with", async () => {
  expect(await get("/api/v1/contracts")).toMatchObject({
    status: 200,
    body: { l2ChainId: 901, portal: RECIPIENT },
  });
});

test("GET /healthz and / answer", async () => {
  expect(await get("/healthz")).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await get("/")).toMatchObject({
    status: 200,
    body: { name: expect.stringContaining("Fovea") },
  });
});

test("GET /readyz is 503 with the reasons until there are none", async () => {
  harness.reasons.push("L1 cannot be reached.");
  expect(await get("/readyz")).toMatchObject({
    status: 503,
    body: { ready: false, reasons: ["L1 cannot be reached."] },
  });
  harness.reasons.length = 0;
  expect(await get("/readyz")).toMatchObject({ status: 200, body: { ready: true, reasons: [] } });
});

test("unknown and malformed routes answer with a problem", async () => {
  for (const path of [
    "/api/v1/nothing",
    "/api/v2/contracts",
    "/__proto__",
    "/..%2f..%2fetc/passwd",
  ]) {
    expect(await get(path)).toMatchObject({
      status: 404,
      type: expect.stringContaining("application/problem+json"),
      body: { status: 404, code: "route-unknown" },
    });
  }
  // No URI, and so no route.
  const malformed = await get("/%ff");
  expect([400, 404]).toContain(malformed.status);
  expect(malformed.type).toContain("application/problem+json");
});

test("foreign host names are refused, the server's own names and addresses are not", async () => {
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a b"]) {
    const status = await statusForHost(host);
    // Node itself answers 400 to what is no host name.
    expect([400, 403]).toContain(status);
  }
  for (const host of [
    "localhost",
    "localhost:9545",
    "127.0.0.1:1",
    "[::1]:9545",
    "192.168.0.7",
    "node.example",
  ]) {
    expect([host, await statusForHost(host)]).toEqual([host, 200]);
  }
});
