import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { DEFAULT_GATEWAY_LIMITS } from "../../../src/rpc/types.js";
import { signJwt } from "../../../src/util/jwt.js";
import { call, OPERATOR, startAdminHarness } from "../../helpers/adminHarness.js";
import { EngineApiHarness, SECRET } from "../../helpers/engineApi.js";
import { EngineChain } from "../../helpers/engineChain.js";
import { GatewayHarness, RECIPIENT, signTx, toHex } from "../../helpers/gatewayHarness.js";

// Programs that hold connections without ever asking anything. FOVEA_LONG=1 uses the times of a real server.

const SOCKETS = 1_000;
const IS_LONG = process.env.FOVEA_LONG === "1";
const TIMES = IS_LONG
  ? {}
  : {
      headersTimeoutMs: 300,
      requestTimeoutMs: 600,
      keepAliveTimeoutMs: 400,
      handlerTimeoutMs: 500,
    };
/** Far beyond any of the times, for a machine that is busy with other things. */
const PATIENCE_MS = IS_LONG ? 150_000 : 60_000;

const token = () => `authorization: Bearer ${signJwt(SECRET, Date.now() / 1_000)}\r\n`;
/** What slow programs begin with; later they send a byte now and then, or nothing. */
const BEGINNINGS: readonly (() => string)[] = [
  () => "",
  () => "POST / HTTP/1.1\r\nhost: localhost\r\nx: ",
  () =>
    `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${token()}content-length: 5000\r\n\r\n{`,
  () =>
    `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${token()}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`,
];

/** A crowd of slow programs. */
class Crowd {
  readonly #sockets = new Set<Socket>();
  readonly #drip: NodeJS.Timeout;
  /** What came back on each, when it is closed. */
  readonly ends: Promise<string>[];

  constructor(port: number, count: number) {
    this.ends = Array.from({ length: count }, (_item, index) => {
      const socket = connect(port, "127.0.0.1");
      this.#sockets.add(socket);
      const chunks: Buffer[] = [];
      socket.on("error", () => {});
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.write(BEGINNINGS[index % BEGINNINGS.length]?.() ?? "");
      return new Promise<string>((resolve) =>
        socket.once("close", () => {
          this.#sockets.delete(socket);
          resolve(Buffer.concat(chunks).toString());
        }),
      );
    });
    let turn = 0;
    this.#drip = setInterval(() => {
      turn++;
      // Those that began with nothing stay silent.
      for (const [index, socket] of [...this.#sockets].entries()) {
        if ((index + turn) % 5 !== 0 && socket.bytesWritten > 0) socket.write("a");
      }
    }, 100);
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Waits until the server has ended all but so many. */
  async shrinksTo(count: number): Promise<void> {
    while (this.size > count) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  leave(): void {
    clearInterval(this.#drip);
    for (const socket of this.#sockets) socket.destroy();
  }
}

const crowds: Crowd[] = [];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const crowd of crowds.splice(0)) crowd.leave();
  for (const close of closers.splice(0)) await close();
});

function gather(port: number, count: number): Crowd {
  const crowd = new Crowd(port, count);
  crowds.push(crowd);
  return crowd;
}

/** All connections of a crowd end, each without an answer or with 408. */
async function expectAllCut(crowd: Crowd): Promise<void> {
  const startedMs = Date.now();
  for (const answer of await Promise.all(crowd.ends)) expect(answer).toMatch(/^(HTTP\/1\.1 4|$)/);
  expect(Date.now() - startedMs).toBeLessThan(PATIENCE_MS);
}

describe("slow programs on the public port", () => {
  test(`${SOCKETS} of them are cut off, and others are served meanwhile`, async () => {
    // Room for all, so that it is the times that end them.
    const harness = await GatewayHarness.open({ limits: { ...TIMES, httpConnections: 1_100 } });
    closers.push(() => harness.close());
    const crowd = gather(harness.port, SOCKETS);
    for (let look = 0; look < 20; look++) {
      expect((await harness.rpc("eth_chainId")).result).toBe("0x385");
    }
    await expectAllCut(crowd);
    expect(crowd.size).toBe(0);
  }, 240_000);

  test("when they fill every place, who really asks takes one of theirs", async () => {
    const harness = await GatewayHarness.open({ limits: { httpConnections: 50 } });
    closers.push(() => harness.close());
    const crowd = gather(harness.port, 200);
    for (let client = 0; client < 20; client++) {
      const { body, status } = await harness.send(
        '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}',
        { "content-type": "application/json", connection: "close" },
      );
      expect({ status, body }).toMatchObject({ status: 200, body: { result: "0x385" } });
    }
    await crowd.shrinksTo(50);
  });

  test("a client that has asked keeps its connection, those that never did go first", async () => {
    const harness = await GatewayHarness.open({ limits: { httpConnections: 20 } });
    closers.push(() => harness.close());
    const client = connect(harness.port, "127.0.0.1");
    let isClosed = false;
    client.once("close", () => {
      isClosed = true;
    });
    client.on("error", () => {});
    const ask = () =>
      new Promise<string>((resolve) => {
        client.once("data", (data) => resolve(data.toString()));
        const body = '{"jsonrpc":"2.0","id":7,"method":"eth_chainId"}';
        client.write(
          `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
      });
    expect(await ask()).toContain('"0x385"');
    const crowd = gather(harness.port, 100);
    await crowd.shrinksTo(19);
    expect(isClosed).toBe(false);
    expect(await ask()).toContain('"0x385"');
    client.destroy();
  });

  test("when all connections are being worked for, the next is told to come again", async () => {
    const harness = await GatewayHarness.open({
      limits: { httpConnections: 2, handlerTimeoutMs: 4_000 },
    });
    closers.push(() => harness.close());
    // A WebSocket is none of the two, and sees when both are at work.
    const watch = new WebSocket(harness.url.replace("http", "ws"));
    await new Promise((resolve) => watch.once("open", resolve));
    const ask = (name: string): Promise<string> => {
      const next = new Promise<string>((resolve) =>
        watch.once("message", (data) => resolve(data.toString())),
      );
      watch.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: name, params: [] }));
      return next;
    };
    // Nobody makes a block, so these wait; one transaction is in the pool already.
    const waiting = [1, 2].map(async (from) => {
      const raw = toHex(await signTx({ from, nonce: 0, to: RECIPIENT }));
      return harness.rpc("eth_sendRawTransactionSync", [raw]);
    });
    while (!(await ask("txpool_status")).includes('"pending":"0x3"'));
    const { status, headers } = await fetch(`${harness.url}/healthz`);
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    for (const { error } of await Promise.all(waiting)) expect(error?.code).toBe(-32002);
    expect((await harness.rpc("eth_chainId")).result).toBe("0x385");
    watch.terminate();
  });

  test("a silent WebSocket that was refused is gone, whatever its other side does", async () => {
    const harness = await GatewayHarness.open();
    closers.push(() => harness.close());
    const socket = connect({ port: harness.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => {});
    socket.write(
      "GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    );
    const answer = await new Promise<string>((resolve) =>
      socket.once("data", (data) => resolve(data.toString())),
    );
    expect(answer).toContain("403");
    // A reset is the proof: a socket that is only half closed would take these bytes.
    const isGone = new Promise((resolve) => socket.once("error", resolve));
    const writing = setInterval(() => socket.write("x"), 20);
    await isGone;
    clearInterval(writing);
  });
});

describe("slow programs on the engine's port", () => {
  let chain: EngineChain;
  beforeAll(async () => {
    chain = await EngineChain.open();
  });
  afterAll(() => chain.engine.close());

  test(`${SOCKETS} of them are cut off, and the node is served meanwhile`, async () => {
    const api = await EngineApiHarness.open(chain.engine, undefined, {
      ...TIMES,
      httpConnections: 1_100,
    });
    closers.push(() => api.close());
    const crowd = gather(Number(new URL(api.url).port), SOCKETS);
    for (let look = 0; look < 20; look++) {
      expect((await api.call("eth_chainId")).result).toBe("0x385");
    }
    await expectAllCut(crowd);
  }, 240_000);

  test("when they fill every place, the node takes one of theirs", async () => {
    const api = await EngineApiHarness.open(chain.engine);
    closers.push(() => api.close());
    const crowd = gather(Number(new URL(api.url).port), 200);
    for (let look = 0; look < 20; look++) {
      expect((await api.call("eth_chainId")).result).toBe("0x385");
    }
    await crowd.shrinksTo(64);
  });
});

test("when they fill every place of the admin port, the operator takes one of theirs", async () => {
  const admin = await startAdminHarness();
  closers.push(() => admin.server.close());
  const crowd = gather(admin.port, 200);
  for (let look = 0; look < 10; look++) {
    expect((await call(admin.port, "/status", { token: OPERATOR })).status).toBe(200);
  }
  await crowd.shrinksTo(64);
});

test("a real server waits ten seconds for a request and five for its headers", () => {
  expect(DEFAULT_GATEWAY_LIMITS).toMatchObject({
    headersTimeoutMs: 5_000,
    requestTimeoutMs: 10_000,
    keepAliveTimeoutMs: 60_000,
    handlerTimeoutMs: 10_000,
    httpConnections: 500,
  });
});
