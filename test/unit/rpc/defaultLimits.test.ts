import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { DEFAULT_GATEWAY_LIMITS } from "../../../src/rpc/types.js";
import { keccakHex } from "../../../src/util/keccak.js";
import {
  type Answer,
  GatewayHarness,
  RECIPIENT,
  signTx,
  toHex,
} from "../../helpers/gatewayHarness.js";

// The limits of a server as it is delivered: the last that is taken, and the first that is not.

let harness: GatewayHarness;
beforeAll(async () => {
  // All clients of a test have one address.
  harness = await GatewayHarness.open({ limits: { wsConnectionsPerIp: 1_000 } });
});
afterAll(() => harness.close());

const call = (method: string, params: unknown[] = [], id: unknown = 1) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});
const send = (body: unknown) => harness.send(JSON.stringify(body));
const isAlive = async () => expect((await harness.rpc("eth_chainId")).result).toBe("0x385");

describe("bodies", () => {
  const LIMIT = 1_048_576;
  const bodyOf = (bytes: number) => {
    const text = JSON.stringify(call("eth_chainId"));
    return text + " ".repeat(bytes - text.length);
  };

  test("a body of a MiB is taken, one byte more is not", async () => {
    for (const bytes of [LIMIT - 1, LIMIT]) {
      expect(await harness.send(bodyOf(bytes))).toMatchObject({
        status: 200,
        body: { result: "0x385" },
      });
    }
    expect(await harness.send(bodyOf(LIMIT + 1))).toMatchObject({
      status: 413,
      body: { id: null, error: { code: -32600 } },
    });
  });

  test("a thousand that say that they are too large are refused unread", async () => {
    const ask = () =>
      new Promise<string>((resolve) => {
        const socket = connect(harness.port, "127.0.0.1");
        let answer = "";
        socket.on("error", () => {});
        socket.on("data", (data) => {
          answer += data.toString();
        });
        socket.once("close", () => resolve(answer));
        socket.write(
          `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${LIMIT + 1}\r\n\r\n{`,
        );
      });
    for (let round = 0; round < 20; round++) {
      for (const answer of await Promise.all(Array.from({ length: 50 }, ask))) {
        expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":-32600/);
      }
    }
    await isAlive();
  });
});

describe("batches", () => {
  test("a hundred items are taken; of a hundred and one nothing is done", async () => {
    const raw = await signTx({ from: 1, nonce: 0, to: RECIPIENT, value: 1n });
    const first = call("eth_sendRawTransaction", [toHex(raw)]);
    const others = (count: number) =>
      Array.from({ length: count }, (_item, id) => call("eth_chainId", [], id));
    const { body } = await send([first, ...others(100)]);
    expect(body).toMatchObject({ id: null, error: { code: -32600 } });
    const find = () => harness.rpc("eth_getTransactionByHash", [keccakHex(raw)]);
    expect((await find()).result).toBeNull();
    expect((await send([first, ...others(99)])).body).toHaveLength(100);
    expect((await find()).result).not.toBeNull();
    expect((await send([])).body).toMatchObject({ id: null, error: { code: -32600 } });
  });

  test("answers beyond ten megabytes become errors, each with its id", async () => {
    // PUSH3 200000 PUSH0 RETURN: 400 kB of digits.
    const overrides = { [RECIPIENT]: { code: "0x62030d405ff3" } };
    const items = Array.from({ length: 100 }, (_item, id) =>
      call("eth_call", [{ to: RECIPIENT }, "latest", overrides], `n${id}`),
    );
    const { status, body } = await send(items);
    const answers = body as Answer[];
    expect(status).toBe(200);
    expect(answers.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    const whole = answers.filter(({ result }) => result !== undefined);
    const bytes = whole.reduce((sum, { result }) => sum + String(result).length, 0);
    expect(bytes).toBeLessThanOrEqual(10_000_000);
    expect(bytes).toBeGreaterThan(9_000_000);
    for (const { error, result } of answers) if (!result) expect(error?.code).toBe(-32003);
  });

  test("an answer of more than ten megabytes is none", async () => {
    // PUSH3 5010000 PUSH0 RETURN
    const overrides = { [RECIPIENT]: { code: "0x624c72505ff3" } };
    const answer = await harness.rpc("eth_call", [{ to: RECIPIENT }, "latest", overrides]);
    expect({ id: answer.id, code: answer.error?.code }).toEqual({ id: 1, code: -32003 });
  });

  test("32 levels of JSON are taken, 33 are not", async () => {
    const nested = (levels: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    expect((await harness.send(nested(32))).body).toMatchObject({ id: 1, error: { code: -32602 } });
    expect((await harness.send(nested(33))).body).toMatchObject({
      id: null,
      error: { code: -32600 },
    });
    expect((await harness.send("[".repeat(400_000))).body).toMatchObject({
      error: { code: -32600 },
    });
  });
});

describe("lists", () => {
  test("addresses and topics of a log filter", async () => {
    const many = (count: number, bytes: number) =>
      Array.from({ length: count }, (_item, at) => `0x${at.toString(16).padStart(2 * bytes, "0")}`);
    const code = async (filter: object) => (await harness.rpc("eth_getLogs", [filter])).error?.code;
    expect(await code({ address: many(1_000, 20) })).toBeUndefined();
    expect(await code({ address: many(1_001, 20) })).toBe(-32602);
    const full = many(1_000, 32);
    expect(await code({ topics: [full, full, full, full] })).toBeUndefined();
    expect(await code({ topics: [null, null, null, many(1_001, 32)] })).toBe(-32602);
    expect(await code({ topics: [[], [], [], [], []] })).toBe(-32602);
  });

  test("slots of a proof and of storage values, blocks of a fee history", async () => {
    const slots = (count: number) =>
      Array.from({ length: count }, (_item, at) => `0x${at.toString(16).padStart(64, "0")}`);
    const code = async (name: string, ...params: unknown[]) =>
      (await harness.rpc(name, params)).error?.code;
    expect(await code("eth_getProof", RECIPIENT, slots(256), "latest")).toBeUndefined();
    expect(await code("eth_getProof", RECIPIENT, slots(257), "latest")).toBeDefined();
    const values = (count: number) => ({ [RECIPIENT]: slots(count) });
    expect(await code("eth_getStorageValues", values(1_024), "latest")).toBeUndefined();
    expect(await code("eth_getStorageValues", values(1_025), "latest")).toBe(-38026);
  });

  test("a thousand filters, and no more", async () => {
    const create = async () => (await harness.rpc("eth_newBlockFilter")).error?.code;
    const codes: (number | undefined)[] = [];
    while (codes.length < 1_000) {
      const items = Array.from({ length: 100 }, (_item, id) => call("eth_newBlockFilter", [], id));
      const { body } = await send(items);
      codes.push(...(body as Answer[]).map(({ error }) => error?.code));
    }
    expect(codes.filter((code) => code !== undefined)).toEqual([]);
    expect(await create()).toBe(-32005);
    harness.clock.advance(DEFAULT_GATEWAY_LIMITS.filterIdleMs + 1);
    expect(await create()).toBeUndefined();
  });
});

describe("sockets", () => {
  /** The socket, or the status of its refusal. */
  function open(url = harness.url): Promise<WebSocket | number> {
    const socket = new WebSocket(url.replace("http", "ws"));
    return new Promise((resolve) => {
      socket.on("error", () => {});
      socket.once("open", () => resolve(socket));
      socket.once("unexpected-response", (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
  }
  async function ask(socket: WebSocket, method: string, params: unknown[] = []): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) =>
      socket.once("message", (data) => resolve(JSON.parse(data.toString()))),
    );
    socket.send(JSON.stringify(call(method, params)));
    return answer;
  }

  test("a hundred live; the next is refused with 503, and they live on; 1,024 subscriptions, 32 of each", async () => {
    const sockets = (await Promise.all(Array.from({ length: 100 }, () => open()))) as WebSocket[];
    expect(sockets.filter((socket) => typeof socket === "number")).toEqual([]);
    expect(await open()).toBe(503);
    for (const socket of sockets) expect((await ask(socket, "eth_chainId")).result).toBe("0x385");
    const subscribe = async (socket: WebSocket) =>
      (await ask(socket, "eth_subscribe", ["newHeads"])).error?.code;
    for (const socket of sockets.slice(0, 32)) {
      for (let count = 0; count < 32; count++) expect(await subscribe(socket)).toBeUndefined();
    }
    expect(await subscribe(sockets[0] as WebSocket)).toBe(-32005);
    expect(await subscribe(sockets[99] as WebSocket)).toBe(-32005);
    for (const socket of sockets) socket.terminate();
  }, 60_000);

  test("twenty of one address, and messages of a MiB", async () => {
    const usual = await GatewayHarness.open();
    try {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => open(usual.url)));
      expect(sockets.filter((socket) => typeof socket === "number")).toEqual([]);
      expect(await open(usual.url)).toBe(503);
      const socket = sockets[0] as WebSocket;
      const text = JSON.stringify(call("eth_chainId"));
      const answer = new Promise((resolve) => socket.once("message", resolve));
      socket.send(text + " ".repeat(1_048_576 - text.length));
      expect(String(await answer)).toContain('"0x385"');
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.send(text + " ".repeat(1_048_577 - text.length));
      expect(await closed).toBe(1009);
      for (const other of sockets) (other as WebSocket).terminate();
    } finally {
      await usual.close();
    }
  });
});
