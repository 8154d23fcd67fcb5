import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { OpenApiChecker, sendApi } from "../../../helpers/openapi.js";
import { RestWorld } from "../../../helpers/restWorld.js";

const checker = new OpenApiChecker();
let world: RestWorld;
beforeAll(async () => {
  world = await RestWorld.open();
});
afterAll(() => world.close());

/** Sends any request and answers status, code of the problem and headers. */
async function send(path: string, init: RequestInit = {}) {
  const response = await fetch(`${world.url}${path}`, init);
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return {
    status: response.status,
    code: isJson && text !== "" ? (JSON.parse(text) as { code?: string }).code : undefined,
    headers: response.headers,
    text,
  };
}

test("every general problem is provoked, and is a problem as described", async () => {
  const json = { "content-type": "application/json" };
  const post = (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = json,
  ) => send(path, { method: "POST", body, headers });
  const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
  const prepare = "/api/v1/deposits/prepare";
  const answers: [string, number, Awaited<ReturnType<typeof send>>][] = [
    ["route-unknown", 404, await send("/api/v1/nothing")],
    ["route-unknown", 404, await send("/api/v1")],
    ["method-not-allowed", 405, await send("/api/v1/status", { method: "DELETE" })],
    ["not-acceptable", 406, await send("/api/v1/status", { headers: { accept: "text/html" } })],
    ["not-acceptable", 406, await send("/api/v1/events", { headers: { accept: "image/png" } })],
    ["validation-failed", 400, await send("/api/v1/batches?limit=101")],
    ["validation-failed", 400, await send("/api/v1/batches?limit=0x10")],
    ["validation-failed", 400, await send("/api/v1/batches?limt=1")],
    ["validation-failed", 400, await send("/api/v1/batches?limit=1&limit=2")],
    ["validation-failed", 400, await send("/api/v1/sync/safe-head")],
    ["validation-failed", 400, await send("/api/v1/events?topics=everything")],
    ["request-malformed", 400, await send("/api/v1/blocks/%E0%A4%A/provenance")],
    ["json-malformed", 400, await post(prepare, "{")],
    ["json-malformed", 400, await post(prepare, new Uint8Array([0x22, 0xff, 0x22]))],
    ["json-too-deep", 400, await post(prepare, deep)],
    ["payload-too-large", 413, await post(prepare, `"${"x".repeat(1_100_000)}"`)],
    ["unsupported-media-type", 415, await post(prepare, "a=b", { "content-type": "text/plain" })],
    [
      "unsupported-media-type",
      415,
      await post(prepare, "{}", { ...json, "content-encoding": "gzip" }),
    ],
  ];
  for (const [code, status, answer] of answers) {
    expect([answer.code, answer.status]).toEqual([code, status]);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(checker.checkSchema("Problem", JSON.parse(answer.text))).toEqual([]);
  }
  const refused = await send("/api/v1/status", { method: "PUT" });
  expect(refused.headers.get("allow")).toMatch(/get/i);
});

test("every problem of these routes is provoked", async () => {
  const ask = async (operationId: string, request: Parameters<typeof sendApi>[2]) => {
    const operation = checker.operation(operationId);
    const answer = await sendApi(world.url, operation, request);
    expect(checker.check(operation, answer)).toEqual([]);
    return (answer.body as { code: string }).code;
  };
  const first = Number(world.world.config.genesisOrigin.number);
  expect(await ask("getSafeHead", { query: { l1Block: first - 1 } })).toBe("l1-block-unknown");
  expect(await ask("getSafeHead", { query: { l1Block: 10 ** 9 } })).toBe("not-derived-yet");
  expect(await ask("getFeedEntry", { params: { name: "batches", index: 99 } })).toBe(
    "entry-unknown",
  );
  expect(await ask("getBatch", { params: { index: 99 } })).toBe("batch-unknown");
  for (const numberOrHash of [10 ** 6, `0x${"ab".repeat(32)}`]) {
    expect(await ask("getBlockProvenance", { params: { numberOrHash } })).toBe("block-unknown");
  }
  for (const cursor of ["AAAA", "W10", Buffer.from('["x","0","0x"]').toString("base64url")]) {
    expect(await ask("listBatches", { query: { cursor } })).toBe("cursor-malformed");
    const entries = { params: { name: "deposits" }, query: { cursor } };
    expect(await ask("listFeedEntries", entries)).toBe("cursor-malformed");
  }
  const forge = (list: string) =>
    Buffer.from(JSON.stringify([list, "0", `0x${"00".repeat(32)}`])).toString("base64url");
  const reorged = { query: { cursor: forge("batches/all/0/desc") } };
  expect(await ask("listBatches", reorged)).toBe("cursor-reorged");
  const entries = { params: { name: "deposits" }, query: { cursor: forge("feed/deposits/0/asc") } };
  expect(await ask("listFeedEntries", entries)).toBe("cursor-reorged");
});

test("a server without node and index says which part does not run", async () => {
  const bare = await RestWorld.open({ node: undefined, chain: undefined, index: undefined });
  try {
    for (const path of ["/status", "/sync", "/config", "/feeds", "/batches", "/batches/pending"]) {
      const { status, body } = await bare.get(`/api/v1${path}`);
      expect([path, status, body.code]).toEqual([path, 503, "part-not-running"]);
    }
    expect((await bare.get("/api/v1/limits")).status).toBe(200);
  } finally {
    await bare.close();
  }
});

test("the request's id comes back if it is harmless, otherwise it gets one", async () => {
  const id = async (given: string) =>
    (await send("/api/v1/version", { headers: { "request-id": given } })).headers.get("request-id");
  expect(await id("my-request_1")).toBe("my-request_1");
  for (const bad of ["x".repeat(65), "a b", "<script>", "a\tb"]) {
    expect(await id(bad)).toMatch(/^req_[0-9a-f-]{36}$/);
  }
  const problem = await send("/api/v1/nothing", { headers: { "request-id": "abc" } });
  expect(JSON.parse(problem.text).requestId).toBe("abc");
});

test("an unchanged answer is 304 for its ETag", async () => {
  const first = await send("/api/v1/config");
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{27}"$/);
  expect(first.headers.get("cache-control")).toBe("no-cache");
  for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await send("/api/v1/config", { headers: { "if-none-match": sent } });
    expect([again.status, again.text]).toEqual([304, ""]);
  }
  const changed = await send("/api/v1/config", { headers: { "if-none-match": '"other"' } });
  expect(changed.status).toBe(200);
});

test("HEAD gives the headers of GET without its body", async () => {
  const { status, headers, text } = await send("/api/v1/version", { method: "HEAD" });
  expect([status, text]).toEqual([200, ""]);
  expect(headers.get("etag")).toBe((await send("/api/v1/version")).headers.get("etag"));
});

test("answers carry the security headers", async () => {
  for (const path of ["/api/v1/status", "/api/v1/nothing", "/docs", "/problems"]) {
    const { headers } = await send(path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-powered-by")).toBeNull();
  }
});

test("lists are complete and without doubles whatever the page size, in both orders", async () => {
  for (const list of ["/feeds/deposits/entries", "/feeds/batches/entries", "/batches"]) {
    const all = (await world.get(`/api/v1${list}?order=asc&limit=100`)).body;
    expect(all.data.length).toBeGreaterThan(2);
    expect(all.nextCursor).toBeNull();
    for (const order of ["asc", "desc"]) {
      const found: unknown[] = [];
      let cursor = "";
      do {
        const { body } = await world.get(`/api/v1${list}?order=${order}&limit=2${cursor}`);
        found.push(...body.data);
        cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
      } while (cursor !== "");
      expect(order === "asc" ? found : found.reverse()).toEqual(all.data);
    }
  }
});

test("batches can be filtered by status and by L2 block", async () => {
  const all = (await world.get("/api/v1/batches?order=asc")).body.data;
  const statuses: string[] = all.map(({ status }: { status: string }) => status);
  for (const status of ["posted", "safe", "finalized"]) {
    const { body } = await world.get(`/api/v1/batches?order=asc&status=${status}`);
    expect(body.data).toEqual(all.filter((_: unknown, i: number) => statuses[i] === status));
  }
  const last = all.at(-1);
  const { body } = await world.get(`/api/v1/batches?fromL2Block=${last.l2.last}`);
  expect(body.data.map(({ index }: { index: number }) => index)).toEqual([last.index]);
});

test("a block's provenance names the batch that holds it, and its output root", async () => {
  const batches = (await world.get("/api/v1/batches?order=asc")).body.data;
  for (const { index, l2, status } of batches) {
    for (const number of [l2.first, l2.last]) {
      const { body } = await world.get(`/api/v1/blocks/${number}/provenance`);
      expect(body.batch.index).toBe(index);
      expect(body.safety).toBe(status);
      const expected = await world.world.main.node.outputAtBlock(BigInt(number));
      expect(body.output.outputRoot).toBe(expected.outputRoot);
      const byHash = await world.get(
        `/api/v1/blocks/${body.block.hash.toUpperCase().replace("0X", "0x")}/provenance`,
      );
      expect(byHash.body).toEqual(body);
    }
  }
  const { body } = await world.get("/api/v1/blocks/latest/provenance");
  expect([body.safety, body.batch]).toEqual(["unsafe", null]);
});

test("the backlog counts the blocks that are not posted", async () => {
  const { body } = await world.get("/api/v1/batches/pending");
  const { unsafeL2, safeL2 } = await world.world.main.node.syncStatus();
  expect(body.blocks).toBe(Number(unsafeL2.number - safeL2.number));
  expect(body.oldest.number).toBe(Number(safeL2.number) + 1);
  expect(body.bytes).toBeGreaterThan(0);
});

test("status tells what is wrong, since when, what it blocks and what to do", async () => {
  const { problems, health, world: rollup } = world;
  health.observe();
  problems.push({ text: "L1 has not answered yet", roles: ["node"], isCritical: false });
  health.observe();
  expect((await world.get("/api/v1/status")).body).toMatchObject({ ready: true, state: "synced" });
  rollup.clock.advance(20_000);
  const { body } = await world.get("/api/v1/status");
  expect(body).toMatchObject({ ready: false, state: "stalled" });
  expect(body.alerts[0]).toMatchObject({ counts: true, impact: expect.stringContaining("L1") });
  expect((await world.get("/readyz")).status).toBe(503);
  problems.length = 0;
  expect((await world.get("/readyz")).status).toBe(200);
  const incidents = (await world.get("/api/v1/incidents")).body.data;
  expect(incidents[0].endedAt).not.toBeNull();
  expect(incidents[0]).toMatchObject({ interrupted: false });
  const later = (await world.get("/api/v1/incidents?since=2099-01-01T00:00:00Z")).body.data;
  expect(later).toEqual([]);
});

test("incidents are paged, newest first, the open and the past ones apart", async () => {
  const { problems, health, world: rollup } = world;
  const say = (...texts: string[]) => {
    const said = texts.map((text) => ({ text, roles: ["node"], isCritical: false }));
    problems.splice(0, problems.length, ...said);
    health.observe();
    rollup.clock.advance(20_000);
    health.observe();
  };
  for (const text of ["one", "two", "three"]) say(text);
  const page = async (query: string) => {
    const operation = checker.operation("listIncidents");
    const request = { query: Object.fromEntries(new URLSearchParams(query)) };
    const answer = await sendApi(world.url, operation, request);
    expect(checker.check(operation, answer)).toEqual([]);
    return answer.body as { data: { text: string }[]; nextCursor: string; code: string };
  };
  const texts = async (query: string) => (await page(query)).data.map(({ text }) => text);
  const all = await texts("limit=100");
  expect(all.slice(0, 3)).toEqual(["three", "two", "one"]);
  expect(await texts("status=open")).toEqual(["three"]);
  expect(await texts("status=past")).toEqual(all.slice(1));
  const paged: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const found = await page(`limit=1${cursor && `&cursor=${cursor}`}`);
    paged.push(...found.data.map(({ text }) => text));
    cursor = found.nextCursor;
  }
  expect(paged).toEqual(all);
  const { nextCursor } = await page("limit=1&status=past");
  expect((await page(`limit=1&cursor=${nextCursor}`)).code).toBe("cursor-malformed");
  problems.length = 0;
});

test("Swagger UI is served whole from here, and nothing else of its folder", async () => {
  const page = await send("/docs");
  const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, link]) => link as string,
  );
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) {
    expect(link.startsWith("/docs/")).toBe(true);
    expect([link, (await send(link)).status]).toEqual([link, 200]);
  }
  expect(page.text).not.toMatch(/<script>|style=|onload=/);
  for (const other of ["package.json", "index.html", "swagger-ui.js.map", "..%2fpackage.json"]) {
    expect([other, (await send(`/docs/assets/${other}`)).status]).toEqual([other, 404]);
  }
  expect(await (await fetch(`${world.url}/api/v1/openapi.json`)).json()).toEqual(checker.document);
});

test("every problem has an entry with a hint, as JSON and as a page", async () => {
  const { body } = await world.get("/problems", { accept: "application/json" });
  const page = await world.get("/problems", { accept: "text/html" });
  for (const { code, hint, status, type } of body.data) {
    expect(hint.length).toBeGreaterThan(10);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(page.body).toContain(`id="${code}"`);
    expect((await world.get(type, { accept: "application/json" })).body.code).toBe(code);
  }
  expect((await world.get("/problems/nothing")).status).toBe(404);
});

test("foreign host names are refused on REST too", async () => {
  const status = await new Promise((resolve) => {
    const port = new URL(world.url).port;
    const headers = { host: "evil.example" };
    httpRequest({ port, host: "127.0.0.1", path: "/api/v1/status", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(403);
});
