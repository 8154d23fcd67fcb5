import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import express from "express";
import { expressClasses } from "../../../src/rpc/expressClasses.js";

test("express finds requests and responses as it wants them, and has nothing to change", async () => {
  const app = express();
  const prototypes: unknown[][] = [];
  app.get("/", (request, response) => {
    prototypes.push([Object.getPrototypeOf(request), Object.getPrototypeOf(response)]);
    expect(request.app).toBe(app);
    response.json({ query: request.query });
  });
  const server = createServer(expressClasses(app), (request, response) => {
    prototypes.push([Object.getPrototypeOf(request), Object.getPrototypeOf(response)]);
    app(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/?a=1`);
  expect(await answer.json()).toEqual({ query: { a: "1" } });
  server.close();
  const [before, after] = prototypes;
  expect(before?.[0]).toBe(app.request);
  expect(before?.[1]).toBe(app.response);
  expect(after?.[0]).toBe(before?.[0]);
  expect(after?.[1]).toBe(before?.[1]);
});
