import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import type { GatewayLimits } from "../../../src/rpc/types.js";
import { createLogger } from "../../../src/telemetry/logger.js";
import { GatewayHarness, LOG_TOPIC, signTx } from "../../helpers/gatewayHarness.js";

/** A socket whose messages are read one by one. */
class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number }>;
  readonly #messages: unknown[] = [];
  readonly #readers: ((message: unknown) => void)[] = [];

  constructor(url: string, options: { origin?: string; headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(url.replace("http", "ws"), options);
    this.closed = new Promise((resolve) => this.socket.once("close", (code) => resolve({ code })));
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => {
      const message: unknown = JSON.parse(data.toString());
      const reader = this.#readers.shift();
      if (reader) reader(message);
      else this.#messages.push(message);
    });
  }

  opened(): Promise<boolean> {
    return new Promise((resolve) => {
      this.socket.once("open", () => resolve(true));
      this.socket.once("error", () => resolve(false));
    });
  }

  next(): Promise<Record<string, unknown>> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message as Record<string, unknown>);
    return new Promise((resolve) => this.#readers.push(resolve as (message: unknown) => void));
  }

  async rpc(method: string, params: unknown[] = []): Promise<Record<string, unknown>> {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return this.next();
  }
}

let harness: GatewayHarness;
const clients: Client[] = [];
async function open(options: ConstructorParameters<typeof Client>[1] = {}): Promise<Client> {
  const client = new Client(harness.url, options);
  clients.push(client);
  await client.opened();
  return client;
}
async function start(limits: Partial<GatewayLimits> = {}) {
  harness = await GatewayHarness.open({ limits });
}
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await harness.close();
});

describe("WebSocket", () => {
  beforeEach(() => start());

  test("requests, batches and malformed text are answered", async () => {
    const client = await open();
    expect(await client.rpc("eth_chainId")).toEqual({ jsonrpc: "2.0", id: 1, result: "0x385" });
    client.socket.send('[{"jsonrpc":"2.0","id":1,"method":"net_version"}]');
    expect(await client.next()).toEqual([{ jsonrpc: "2.0", id: 1, result: "901" }]);
    client.socket.send("{");
    expect(await client.next()).toMatchObject({ error: { code: -32700 } });
  });

  test("eth_subscribe tells of heads, logs and pending transactions until eth_unsubscribe", async () => {
    const { chain, contract } = harness.seeded;
    const client = await open();
    const heads = (await client.rpc("eth_subscribe", ["newHeads"])).result;
    const logs = (await client.rpc("eth_subscribe", ["logs", { topics: [LOG_TOPIC] }])).result;
    const pending = (await client.rpc("eth_subscribe", ["newPendingTransactions"])).result;
    const full = (await client.rpc("eth_subscribe", ["newPendingTransactions", true])).result;
    const raw = await signTx({ from: 2, nonce: 0, to: contract, gas: 100_000n });
    const hash = await chain.engine.pool.add(raw);
    const notification = (subscription: unknown, result: unknown) => ({
      jsonrpc: "2.0",
      method: "eth_subscription",
      params: { subscription, result },
    });
    expect(await client.next()).toEqual(notification(pending, hash));
    expect(await client.next()).toEqual(
      notification(full, expect.objectContaining({ hash, blockHash: null })),
    );
    const { blockHash } = await chain.mine([raw]);
    expect(await client.next()).toEqual(
      notification(heads, expect.objectContaining({ hash: blockHash, number: "0x4" })),
    );
    expect(await client.next()).toEqual(
      notification(logs, expect.objectContaining({ blockHash, address: contract, removed: false })),
    );
    for (const id of [heads, pending, full]) {
      expect((await client.rpc("eth_unsubscribe", [id])).result).toBe(true);
    }
    // A reorg: the logs of the abandoned block are taken back.
    const grandparent = await chain.engine.getHeader(3n);
    await chain.mine([], { timestamp: (grandparent?.timestamp ?? 0n) + 3n }, grandparent?.hash);
    expect(await client.next()).toEqual(
      notification(logs, expect.objectContaining({ blockHash, removed: true })),
    );
    expect(await client.rpc("eth_unsubscribe", [heads])).toMatchObject({ error: { code: -32000 } });
  });

  test("unknown subscriptions are refused", async () => {
    const client = await open();
    expect(await client.rpc("eth_subscribe", ["syncing"])).toMatchObject({
      error: { code: -32601 },
    });
    expect(await client.rpc("eth_subscribe", ["logs", { topics: 1 }])).toMatchObject({
      error: { code: -32602 },
    });
    expect(await client.rpc("eth_subscribe", [])).toMatchObject({ error: { code: -32602 } });
  });

  test("pages of foreign sites and foreign host names get no socket, localhost and extensions do", async () => {
    expect((await open({ origin: "http://evil.example" })).socket.readyState).not.toBe(
      WebSocket.OPEN,
    );
    expect((await open({ headers: { host: "evil.example" } })).socket.readyState).not.toBe(
      WebSocket.OPEN,
    );
    expect((await open({ origin: "http://localhost:5173" })).socket.readyState).toBe(
      WebSocket.OPEN,
    );
    expect((await open({ origin: "chrome-extension://abc" })).socket.readyState).toBe(
      WebSocket.OPEN,
    );
  });

  test("closing the gateway says goodbye", async () => {
    const client = await open();
    await harness.gateway.close();
    expect(await client.closed).toEqual({ code: 1001 });
  });
});

test("a message that is too large ends the socket", async () => {
  await start({ bodyBytes: 1_000 });
  const client = await open();
  client.socket.send("x".repeat(1_001));
  expect(await client.closed).toEqual({ code: 1009 });
});

test("sockets and subscriptions are limited", async () => {
  await start({ wsConnectionsPerIp: 2, subscriptionsPerConnection: 2, subscriptions: 3 });
  const [first, second] = [await open(), await open()];
  expect((await open()).socket.readyState).not.toBe(WebSocket.OPEN);
  const subscribe = (client: Client) => client.rpc("eth_subscribe", ["newHeads"]);
  for (const client of [first, first, second])
    expect(await subscribe(client)).toHaveProperty("result");
  for (const client of [first, second]) {
    expect(await subscribe(client)).toMatchObject({ error: { code: -32005 } });
  }
  first.socket.close();
  await first.closed;
  expect((await open()).socket.readyState).toBe(WebSocket.OPEN);
  expect(await subscribe(second)).toHaveProperty("result");
});

test("a reader that never reads is closed instead of filling the memory", async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: "info", json: true, destination });
  harness = await GatewayHarness.open({ limits: { wsQueueItems: 50 }, logger });
  const client = await open();
  client.socket.pause();
  const params = ["0x1", true];
  const request = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params });
  const isClosed = () => lines.some((line) => line.includes("slow reader closed"));
  // Far more than sockets buffer; the server stops long before it has answered all.
  for (let sent = 0; sent < 50_000 && !isClosed(); sent++) {
    client.socket.send(request);
    if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.resume();
  // 1006: the goodbye did not get through in time.
  expect([1013, 1006]).toContain((await client.closed).code);
  expect(isClosed()).toBe(true);
  expect((await harness.rpc("eth_blockNumber")).result).toBe("0x3");
}, 30_000);
