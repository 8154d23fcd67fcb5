import { beforeAll, expect, test } from "@jest/globals";
import express, { type Express } from "express";
import request from "supertest";
import { createPagesRouter } from "../../../../src/rpc/pages/pagesRouter.js";

const SETTINGS = { version: "1.2.3", l1ChainId: 900, l2ChainId: 901 };
let app: Express;
let assets: string;

beforeAll(async () => {
  app = express();
  app.use(createPagesRouter({ ...SETTINGS, l1RpcUrl: "http://127.0.0.1:8545/path?key=1" }));
  app.use((_request, response) => {
    response.status(404).json({ fallen: "through" });
  });
  const { text } = await request(app).get("/").set("accept", "text/html");
  assets = /\/assets\/[0-9a-f]{12}/.exec(text)?.[0] ?? "";
});

test("pages: a browser gets the page, a program falls through to JSON", async () => {
  const page = await request(app).get("/").set("accept", "text/html,*/*;q=0.8");
  expect(page.status).toBe(200);
  expect(page.type).toBe("text/html");
  expect(page.headers.vary).toContain("Accept");
  for (const accept of ["*/*", "application/json"]) {
    expect((await request(app).get("/").set("accept", accept)).body).toEqual({ fallen: "through" });
  }
});

test("pages: no inline script, and a policy that would not run one", async () => {
  const { text, headers } = await request(app).get("/").set("accept", "text/html");
  expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(text).not.toMatch(/\son\w+=|<style|\sstyle=/);
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain("unsafe");
  expect(policy).toContain("connect-src 'self' http://127.0.0.1:8545;");
  expect(policy).toContain("require-trusted-types-for 'script'");
});

test("pages: files may be kept for ever, the page itself is asked for each time", async () => {
  const script = await request(app).get(`${assets}/main.js`);
  expect(script.status).toBe(200);
  expect(script.type).toBe("text/javascript");
  expect(script.headers["cache-control"]).toContain("immutable");
  expect(script.headers["x-content-type-options"]).toBe("nosniff");
  const page = await request(app).get("/").set("accept", "text/html");
  expect(page.headers["cache-control"]).toBe("no-cache");
});

test.each([
  "/../package.json",
  "/%2e%2e/package.json",
  "/..%2fpackage.json",
  "/vendor/express/index.js",
  "/vendor/../../package.json",
  "/",
  "/__proto__",
])("pages: %s is not a file", async (path) => {
  const { status, text } = await request(app).get(`${assets}${path}`);
  expect(status).toBe(404);
  expect(text).not.toContain("dependencies");
});

test("pages: outside development neither L1's address nor a key is handed out", async () => {
  const plain = express();
  plain.use(createPagesRouter(SETTINGS));
  const { body, headers } = await request(plain).get("/pages/settings.json");
  expect(body).toEqual(SETTINGS);
  expect(headers["content-security-policy"]).toContain("connect-src 'self';");
});
