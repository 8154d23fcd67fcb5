import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { HttpJsonRpc, type HttpJsonRpcConfig, redactUrl } from "../../../src/l1/jsonRpc.js";
import { TickingClock } from "../../helpers/fakeL1Node.js";

type Request = { id: number; method: string; params: unknown[] };
type Handler = (response: ServerResponse, requests: Request[], count: number) => void;

let server: Server;
let url: string;
let handler: Handler;
let bodies: (Request | Request[])[];
let clock: TickingClock;
let sleeps: number[];

beforeEach(async () => {
  bodies = [];
  sleeps = [];
  clock = new TickingClock();
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms) => {
    sleeps.push(ms);
    return sleep(ms);
  };
  server = createServer(async (request: IncomingMessage, response) => {
    let text = "";
    for await (const part of request) text += part;
    const body = JSON.parse(text) as Request | Request[];
    bodies.push(body);
    handler(response, [body].flat(), bodies.length);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/secretKey?token=secretToken`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

function newRpc(config: Partial<HttpJsonRpcConfig> = {}): HttpJsonRpc {
  return new HttpJsonRpc({ url, ...config }, { clock, random: () => 1 });
}

function ok(response: ServerResponse, requests: Request[]): void {
  const answers = requests.map(({ id, method }) => ({
    jsonrpc: "2.0",
    id,
    result: `re ${method}`,
  }));
  response.end(JSON.stringify(answers.length === 1 ? answers[0] : answers));
}

function status(
  response: ServerResponse,
  code: number,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, headers).end("no");
}

test("jsonRpc: answers calls, and batches in their order, however the node sorts them", async () => {
  handler = (response, requests) => {
    if (requests.length === 1) return ok(response, requests);
    const answers = requests.map(({ id, method }) => ({ id, result: `re ${method}` })).reverse();
    response.end(JSON.stringify(answers));
  };
  const rpc = newRpc({ maxBatch: 2 });
  expect(await rpc.call("a", [])).toBe("re a");
  const calls = ["b", "c", "d", "e"].map((method) => ({ method, params: [] }));
  expect(await rpc.batch(calls)).toEqual(["re b", "re c", "re d", "re e"]);
  expect(await rpc.batch([])).toEqual([]);
  expect(bodies.length).toBe(3);
});

test("jsonRpc: an error answer is not retried and keeps its details", async () => {
  handler = (response, [request]) =>
    response.end(
      JSON.stringify({ id: request?.id, error: { code: 3, message: "reverted", data: "0x12" } }),
    );
  await expect(newRpc().call("eth_call", [])).rejects.toMatchObject({
    code: "L1_RPC_ERROR",
    data: { method: "eth_call", rpcCode: 3, rpcMessage: "reverted", rpcData: "0x12" },
  });
  expect(bodies.length).toBe(1);
});

test("jsonRpc: of the words of an error as much is kept as anybody reads", async () => {
  const error = { code: -32000, message: "method ".repeat(100_000) };
  handler = (response, [request]) =>
    void response.end(JSON.stringify({ jsonrpc: "2.0", id: request?.id, error }));
  const thrown = await newRpc()
    .call("eth_call", [])
    .catch((failure: unknown) => failure);
  const { rpcMessage } = (thrown as { data: { rpcMessage: string } }).data;
  expect(rpcMessage).toHaveLength(2_000);
});

test("jsonRpc: one error for a whole batch fails the batch", async () => {
  handler = (response) =>
    response.end(JSON.stringify({ id: null, error: { code: -32600, message: "batch too large" } }));
  await expect(newRpc().batch([{ method: "a", params: [] }])).rejects.toMatchObject({
    code: "L1_RPC_ERROR",
  });
});

test("jsonRpc: retries what may pass, with growing waits", async () => {
  handler = (response, requests, count) => {
    if (count === 1) return status(response, 503);
    if (count === 2) return void response.destroy();
    if (count === 3) return void response.end("<html>");
    if (count === 4) return void response.end("{}");
    ok(response, requests);
  };
  expect(await newRpc().call("a", [])).toBe("re a");
  expect(sleeps).toEqual([200, 400, 800, 1600]);
});

test("jsonRpc: gives up after the last attempt", async () => {
  handler = (response) => status(response, 500);
  await expect(newRpc({ maxAttempts: 3 }).call("a", [])).rejects.toMatchObject({
    code: "L1_UNREACHABLE",
    data: { status: 500 },
  });
  expect(bodies.length).toBe(3);
});

test("jsonRpc: a rate limit slows every caller down, as long as the provider asks", async () => {
  handler = (response, requests, count) =>
    count === 1 ? status(response, 429, { "retry-after": "7" }) : ok(response, requests);
  const rpc = newRpc();
  const startMs = clock.nowMs();
  expect(await rpc.call("a", [])).toBe("re a");
  expect(clock.nowMs() - startMs).toBe(7000);
});

test("jsonRpc: rate limits in error answers count as such, and log limits do not", async () => {
  const messages: [number, string, string][] = [
    [-32005, "daily request count exceeded", "L1_RATE_LIMITED"],
    [429, "slow down", "L1_RATE_LIMITED"],
    [-32000, "Too Many Requests", "L1_RATE_LIMITED"],
    [-32005, "query returned more than 10000 results", "L1_RPC_ERROR"],
  ];
  for (const [code, message, expected] of messages) {
    handler = (response, [request]) =>
      response.end(JSON.stringify({ id: request?.id, error: { code, message } }));
    await expect(newRpc({ maxAttempts: 2 }).call("a", [])).rejects.toMatchObject({
      code: expected,
    });
  }
});

test("jsonRpc: a node that never answers is given up", async () => {
  handler = () => {};
  await expect(newRpc({ timeoutMs: 20, maxAttempts: 2 }).call("a", [])).rejects.toMatchObject({
    code: "L1_UNREACHABLE",
    data: { why: "timeout" },
  });
});

test("jsonRpc: an answer too large is cut off", async () => {
  handler = (response) => {
    response.write(`"${"x".repeat(1000)}`);
    response.write("x".repeat(1000));
  };
  await expect(
    newRpc({ maxResponseBytes: 1500, maxAttempts: 1 }).call("a", []),
  ).rejects.toMatchObject({ code: "L1_BAD_RESPONSE" });
});

test("jsonRpc: an abort ends the retries", async () => {
  handler = (response) => status(response, 500);
  const abort = new AbortController();
  clock.onTick = () => abort.abort();
  await expect(newRpc().call("a", [], abort.signal)).rejects.toMatchObject({
    code: "L1_UNREACHABLE",
  });
  expect(bodies.length).toBe(1);
});

test("jsonRpc: errors never show the key in a URL", async () => {
  handler = (response, _requests, count) => {
    if (count === 1) return status(response, 500);
    response.destroy();
  };
  for (let i = 0; i < 2; i++) {
    const error = await newRpc({ maxAttempts: 1 })
      .call("a", [])
      .catch((caught: unknown) => caught);
    expect(inspect(error, { depth: 9 })).not.toContain("secret");
  }
  expect(redactUrl("https://user:secret@host.example:8545")).toBe("https://host.example:8545");
  for (const wrong of ["ws://secret.example", "secret", ""]) {
    expect(() => redactUrl(wrong)).toThrow(expect.objectContaining({ code: "L1_BAD_URL" }));
  }
});
