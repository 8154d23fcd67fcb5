import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { METHODS } from "../../../src/rpc/registry.js";
import { type Answer, GatewayHarness, RECIPIENT } from "../../helpers/gatewayHarness.js";

// What programs send that mean no good, on bare sockets.

let harness: GatewayHarness;
const sockets = new Set<Socket>();
beforeAll(async () => {
  harness = await GatewayHarness.open({
    limits: {
      headersTimeoutMs: 300,
      requestTimeoutMs: 600,
      keepAliveTimeoutMs: 500,
      bodyBytes: 200_000,
      httpConcurrency: 10,
    },
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await harness.close();
});

function open(): Socket {
  const socket = connect(harness.port, "127.0.0.1");
  sockets.add(socket);
  socket.on("error", () => {});
  return socket;
}

/** Everything that comes until the server closes the connection. */
function untilClosed(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) =>
    socket.once("close", () => resolve(Buffer.concat(chunks).toString())),
  );
}

const post = (body: string, headers = "") =>
  `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const call = (name: string, params: unknown[] = [], id: unknown = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: name, params });

/** Bodies of the answers on one connection. */
function bodiesOf(text: string): Answer[] {
  return [...text.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP\/1\.1|$)/gs)].map(
    (match) => JSON.parse(match[1] ?? "") as Answer,
  );
}

const isAlive = async () => expect((await harness.rpc("eth_chainId")).result).toBe("0x385");

describe("HTTP", () => {
  test("clients that send their headers or bodies byte by byte are cut off, others are served meanwhile", async () => {
    const slow = Array.from({ length: 200 }, (_item, index) => {
      const socket = open();
      const text =
        index % 2 === 0
          ? "POST / HTTP/1.1\r\nhost: localhost\r\nx: "
          : post(" ".repeat(1_000)).slice(0, -999);
      socket.write(text);
      const drip = setInterval(() => socket.write("a"), 50);
      socket.once("close", () => clearInterval(drip));
      return untilClosed(socket);
    });
    for (let look = 0; look < 10; look++) await isAlive();
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^(HTTP\/1\.1 408|$)/);
    await isAlive();
  });

  test("a client that takes no answers is cut off", async () => {
    const socket = open();
    socket.pause();
    const item = call("eth_getBlockByNumber", ["0x1", true]);
    const batch = `[${Array.from({ length: 100 }, () => item).join(",")}]`;
    let isClosed = false;
    socket.once("close", () => {
      isClosed = true;
    });
    const asked = 60;
    for (let sent = 0; sent < asked && !isClosed; sent++) {
      socket.write(post(batch));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const answers = untilClosed(socket);
    socket.resume();
    expect((await answers).split("HTTP/1.1 200").length - 1).toBeLessThan(asked);
    await isAlive();
  });

  test("pipelined requests are answered in order, and too many at once refused", async () => {
    const socket = open();
    const answers = untilClosed(socket);
    socket.write(
      Array.from({ length: 50 }, (_item, id) => post(call("eth_chainId", [], id))).join(""),
    );
    setTimeout(() => socket.end(), 500);
    const bodies = bodiesOf(await answers);
    expect(bodies).toHaveLength(50);
    const served = bodies.filter(({ result }) => result !== undefined).map(({ id }) => id);
    expect(served.length).toBeGreaterThanOrEqual(10);
    expect(served).toEqual([...served].sort((a, b) => Number(a) - Number(b)));
    for (const { error } of bodies) if (error) expect(error.code).toBe(-32005);
    await isAlive();
  });

  test.each([
    [
      "two lengths",
      "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    ],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "chunks that are compressed",
      "POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: gzip\r\n\r\n{}",
    ],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"],
    [
      "a header of 100 kB",
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(100_000)}\r\n\r\n`,
    ],
    [
      "a thousand headers",
      `GET / HTTP/1.1\r\nhost: localhost\r\n${"a: b\r\n".repeat(4_000)}${`c: ${"d".repeat(8_000)}\r\n`.repeat(3)}\r\n`,
    ],
    ["no host", "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}"],
  ])("%s: refused, and the connection ends", async (_name, text) => {
    const socket = open();
    const answer = untilClosed(socket);
    socket.write(text, "latin1");
    expect(await answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    await isAlive();
  });

  test("a compressed body is refused unread, so it cannot grow", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, " "));
    for (const encoding of ["gzip", "deflate", "br", "zstd", "gzip, gzip"]) {
      const answer = await harness.send(bomb, {
        "content-type": "application/json",
        "content-encoding": encoding,
      });
      expect(answer).toMatchObject({ status: 415, body: { error: { code: -32600 } } });
    }
    await isAlive();
  });

  test("bodies that are too large do not stay in memory", async () => {
    const body = call("web3_sha3", [`0x${"00".repeat(150_000)}`]);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => harness.send(body).catch(() => undefined)),
      );
      for (const answer of answers) {
        // 408: a busy machine took longer to send than this gateway waits.
        if (answer) expect([413, 408]).toContain(answer.status);
      }
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    await isAlive();
  });

  test("foreign host names are refused on every path and verb", async () => {
    for (const path of [
      "/",
      "/rpc",
      "/api/v1/status",
      "/healthz",
      "/docs",
      "/metrics",
      "/nothing",
    ]) {
      for (const verb of ["GET", "POST", "OPTIONS", "PUT"]) {
        const socket = open();
        const answer = untilClosed(socket);
        socket.write(
          `${verb} ${path} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
        );
        expect([verb, path, (await answer).slice(0, 12)]).toEqual([verb, path, "HTTP/1.1 403"]);
      }
    }
  });

  test("other verbs and paths get a problem, no stack", async () => {
    for (const [verb, path] of [
      ["PUT", "/"],
      ["DELETE", "/rpc"],
      ["PATCH", "/"],
      ["POST", "/../../etc/passwd"],
      ["POST", "/%00"],
      ["POST", "/rpc/%ff"],
    ] as const) {
      const response = await fetch(`${harness.url}${path}`, { method: verb });
      const text = await response.text();
      expect([verb, path, response.status >= 400 && response.status < 500]).toEqual([
        verb,
        path,
        true,
      ]);
      expect(text).not.toMatch(/node_modules|\.js:\d|at .*\(/);
    }
  });
});

describe("WebSocket", () => {
  const connectWs = async (options = {}): Promise<WebSocket> => {
    const socket = new WebSocket(harness.url.replace("http", "ws"), options);
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("open", resolve));
    return socket;
  };
  const codeOf = (socket: WebSocket) =>
    new Promise<number>((resolve) => socket.once("close", resolve));
  const rawOf = (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket;

  test("compression is not agreed on, and a compressed frame ends the socket", async () => {
    const socket = await connectWs({ perMessageDeflate: true });
    expect(socket.extensions).toBe("");
    const closed = codeOf(socket);
    // FIN, RSV1, text; masked with zeros.
    rawOf(socket).write(Buffer.from([0xc1, 0x82, 0, 0, 0, 0, 0x7b, 0x7d]));
    expect(await closed).toBe(1002);
    await isAlive();
  });

  test("a message that grows by fragments, or promises too much, ends the socket", async () => {
    const growing = await connectWs();
    const closed = codeOf(growing);
    for (let part = 0; part < 5; part++) growing.send("x".repeat(50_000), { fin: false });
    expect(await closed).toBe(1009);
    const promising = await connectWs();
    const alsoClosed = codeOf(promising);
    rawOf(promising).write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
    expect(await alsoClosed).toBe(1009);
    await isAlive();
  });

  test("text that is no UTF-8 and frames that are not masked end the socket", async () => {
    const garbled = await connectWs();
    const closed = codeOf(garbled);
    rawOf(garbled).write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]));
    expect(await closed).toBe(1007);
    const bare = await connectWs();
    const alsoClosed = codeOf(bare);
    rawOf(bare).write(Buffer.from([0x81, 0x02, 0x7b, 0x7d]));
    expect(await alsoClosed).toBe(1002);
  });

  test("binary frames that are no UTF-8 are a parse error", async () => {
    const socket = await connectWs();
    const answer = new Promise<Answer>((resolve) =>
      socket.once("message", (data) => resolve(JSON.parse(data.toString()))),
    );
    socket.send(
      Buffer.concat([
        Buffer.from('{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["'),
        Buffer.of(0xff),
        Buffer.from('"]}'),
      ]),
    );
    expect(await answer).toMatchObject({ id: null, error: { code: -32700 } });
    socket.terminate();
  });

  test("a flood of pings is survived, and the last one answered", async () => {
    const socket = await connectWs();
    const last = new Promise<void>((resolve) => {
      socket.on("pong", (data) => {
        if (data.toString() === "last") resolve();
      });
    });
    for (let ping = 0; ping < 20_000; ping++) socket.ping("x".repeat(125));
    socket.ping("last");
    await last;
    await isAlive();
    socket.terminate();
  });
});

describe("names that are not for everybody", () => {
  const SECRET = [
    ...[
      "admin_startSequencer",
      "admin_stopSequencer",
      "admin_sequencerActive",
      "admin_startBatcher",
      "admin_stopBatcher",
    ],
    ...[
      "admin_startProposer",
      "admin_stopProposer",
      "admin_setLogLevel",
      "admin_addPeer",
      "admin_nodeInfo",
    ],
    ...[
      "debug_dbGet",
      "debug_blockPayload",
      "debug_setHead",
      "debug_chaindbCompact",
      "debug_gcStats",
      "debug_verbosity",
    ],
    ...[
      "engine_newPayloadV4",
      "engine_forkchoiceUpdatedV3",
      "engine_getPayloadV4",
      "engine_exchangeCapabilities",
    ],
    ...[
      "personal_unlockAccount",
      "personal_sign",
      "personal_importRawKey",
      "miner_start",
      "miner_setEtherbase",
    ],
    ...[
      "eth_sendTransaction",
      "eth_sign",
      "eth_signTransaction",
      "eth_signTypedData_v4",
      "eth_sendUnsignedTransaction",
    ],
    ...[
      "testing_buildBlockV1",
      "anvil_setBalance",
      "hardhat_setCode",
      "evm_mine",
      "evm_snapshot",
      "clique_propose",
    ],
  ];

  test("they do not exist on the public port: alone, in a batch, after another method key, on a socket", async () => {
    const batches = [];
    for (let at = 0; at < SECRET.length; at += 50) batches.push(SECRET.slice(at, at + 50));
    const codes = (body: unknown) => (body as Answer[]).map(({ error }) => error?.code);
    for (const names of batches) {
      const alone = await Promise.all(names.map((name) => harness.rpc(name)));
      expect(codes(alone)).toEqual(names.map(() => -32601));
      const twice = names.map(
        (name) => `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","method":"${name}"}`,
      );
      expect(codes((await harness.send(`[${twice.join(",")}]`)).body)).toEqual(
        names.map(() => -32601),
      );
      const socket = new WebSocket(harness.url.replace("http", "ws"));
      await new Promise((resolve) => socket.once("open", resolve));
      const answer = new Promise((resolve) =>
        socket.once("message", (data) => resolve(JSON.parse(data.toString()))),
      );
      socket.send(`[${names.map((name) => call(name)).join(",")}]`);
      expect(codes(await answer)).toEqual(names.map(() => -32601));
      socket.terminate();
    }
  });

  test("no namespace of operators is in the registry", () => {
    const names = [...METHODS.keys()];
    expect(
      names.filter((name) => /^(admin|engine|personal|miner|anvil|hardhat|evm|clique)_/.test(name)),
    ).toEqual([]);
    expect(
      names.filter(
        (name) =>
          /^debug_(set|db|block|write|start|stop|chaindb|free|gc|mem|verb|vmod)/.test(name) &&
          !/^debug_blockAccess/.test(name),
      ),
    ).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+_[a-zA-Z0-9]+$/.test(name))).toEqual([]);
  });

  test("unknown names of any form are told shortly", async () => {
    for (const name of [
      "x".repeat(100_000),
      "",
      "eth_\u0000",
      "ETH_CHAINID",
      " eth_chainId",
      "eth_chainId ",
      "eth.chainId",
    ]) {
      const { error } = await harness.rpc(name, [RECIPIENT]);
      expect(error?.code).toBe(-32601);
      expect(error?.message.length).toBeLessThan(150);
    }
  });
});
