import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { concat, encodeErrorResult, toRlp } from "viem";
import { METHODS } from "../../../src/rpc/registry.js";
import { toHex } from "../../../src/util/hex.js";
import {
  type Answer,
  accounts,
  addressOf,
  GatewayHarness,
  RECIPIENT,
  signTx,
} from "../../helpers/gatewayHarness.js";

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open({
    limits: { batchItems: 5, responseBytes: 6_000, bodyBytes: 20_000 },
  });
});
afterAll(() => harness.close());

const request = (method: string, params: unknown[] = [], id: unknown = 1) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});
const sendJson = (value: unknown) => harness.send(JSON.stringify(value));
const error = (code: number, id: unknown = null) => ({
  jsonrpc: "2.0",
  id,
  error: expect.objectContaining({ code, message: expect.any(String) }),
});

describe("envelopes", () => {
  const cases: [string, string, unknown][] = [
    ["text that is no JSON", "{", error(-32700)],
    ["nothing", "", error(-32700)],
    ["a number", "1", error(-32600)],
    ["null", "null", error(-32600)],
    ["an empty batch", "[]", error(-32600)],
    [
      "a batch of one",
      '[{"jsonrpc":"2.0","id":7,"method":"eth_chainId"}]',
      [{ jsonrpc: "2.0", id: 7, result: "0x385" }],
    ],
    ["a batch of one that is no request", "[1]", [error(-32600)]],
    ["no version", '{"id":1,"method":"eth_chainId"}', error(-32600, 1)],
    ["an object as the id", '{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', error(-32600)],
    [
      "a text as the parameters",
      '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":"x"}',
      error(-32600, 1),
    ],
    [
      "parameters by name",
      '{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":{"a":1}}',
      error(-32602, 1),
    ],
    [
      "null as the parameters",
      '{"jsonrpc":"2.0","id":"a","method":"eth_chainId","params":null}',
      { jsonrpc: "2.0", id: "a", result: "0x385" },
    ],
    [
      "null as the id",
      '{"jsonrpc":"2.0","id":null,"method":"eth_chainId"}',
      { jsonrpc: "2.0", id: null, result: "0x385" },
    ],
    ["a notification", '{"jsonrpc":"2.0","method":"eth_chainId"}', null],
    ["a notification of nothing", '{"jsonrpc":"2.0","method":"eth_nothing"}', null],
    ["a batch of notifications", '[{"jsonrpc":"2.0","method":"eth_chainId"}]', null],
    ["deep nesting", `${"[".repeat(5_000)}${"]".repeat(5_000)}`, error(-32600)],
    [
      "brackets in a text",
      JSON.stringify(request("eth_nothing", ["[".repeat(99)])),
      error(-32601, 1),
    ],
    [
      "a byte order mark",
      `\uFEFF${JSON.stringify(request("eth_chainId"))}`,
      { jsonrpc: "2.0", id: 1, result: "0x385" },
    ],
  ];
  test.each(cases)("%s", async (_name, body, expected) => {
    const answer = await harness.send(body);
    expect(answer.body).toEqual(expected);
    expect(answer.status).toBe(expected === null ? 204 : 200);
  });

  test("bytes that are no UTF-8", async () => {
    const answer = await harness.send(Uint8Array.of(0x22, 0xff, 0x22));
    expect(answer.body).toEqual(error(-32700));
  });

  test("answers of a batch keep ids and order, equal ids too; a batch that is too large runs nothing", async () => {
    const batch = [
      request("eth_chainId", [], 3),
      request("eth_nothing", [], 3),
      request("net_version", [], "x"),
    ];
    expect((await sendJson(batch)).body).toEqual([
      { jsonrpc: "2.0", id: 3, result: "0x385" },
      error(-32601, 3),
      { jsonrpc: "2.0", id: "x", result: "901" },
    ]);
    const many = Array.from({ length: 6 }, () => request("eth_chainId"));
    expect((await sendJson(many)).body).toEqual(error(-32600));
  });

  test("items of a batch beyond the size of an answer say so, the others stay", async () => {
    const item = request("eth_getBlockByNumber", ["0x1", true]);
    const { body } = await sendJson([item, item, item, item, item]);
    const answers = body as Answer[];
    expect(answers).toHaveLength(5);
    expect(answers.filter(({ result }) => result !== undefined).length).toBeGreaterThan(0);
    expect(answers.filter((answer) => answer.error?.code === -32003).length).toBeGreaterThan(0);
  });

  test("names of the prototype and of key holders do not exist", async () => {
    const names = [
      "constructor",
      "__proto__",
      "toString",
      "eth_sendTransaction",
      "eth_sign",
      "personal_unlockAccount",
      "admin_addPeer",
      "debug_setHead",
      "hasOwnProperty",
    ];
    for (const name of names) {
      const answer = await harness.rpc(name);
      expect(answer).toEqual(error(-32601, 1));
      expect(answer.error?.message).toBe(`the method ${name} does not exist/is not available`);
    }
  });
});

/** Sends chunks without an end and returns the first line of the answer. */
function statusOfEndlessBody(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", (data) => {
      resolve(data.toString().split("\r\n")[0] ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
    socket.write(
      "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    for (let chunk = 0; chunk < 25; chunk++) socket.write(`400\r\n${" ".repeat(1_024)}\r\n`);
  });
}

describe("HTTP", () => {
  test("a body that is too large is refused with 413, whether it tells its size or not", async () => {
    const body = JSON.stringify(request("web3_sha3", [`0x${"00".repeat(10_000)}`]));
    expect(await sendJson(body)).toMatchObject({ status: 413, body: error(-32600) });
    expect(await statusOfEndlessBody(harness.port)).toContain("413");
  });

  test("compressed bodies are refused", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    expect((await harness.send("x", headers)).status).toBe(415);
  });

  test("programs may leave the content type out, pages may not", async () => {
    const body = JSON.stringify(request("eth_chainId"));
    const curl = { "content-type": "application/x-www-form-urlencoded" };
    expect(await harness.send(body, curl)).toMatchObject({
      status: 200,
      body: { result: "0x385" },
    });
    const page = { "content-type": "text/plain", origin: "http://localhost:3000" };
    expect((await harness.send(body, page)).status).toBe(415);
  });

  test("pages on localhost may read answers, others may not", async () => {
    const preflight = async (origin: string) => {
      const answer = await fetch(harness.url, { method: "OPTIONS", headers: { origin } });
      return [answer.status, answer.headers.get("access-control-allow-origin")];
    };
    for (const origin of ["http://localhost:3000", "http://127.0.0.1:5173", "https://localhost"]) {
      expect(await preflight(origin)).toEqual([204, origin]);
    }
    for (const origin of [
      "http://evil.example",
      "http://localhost.evil.example",
      "null",
      "file://",
    ]) {
      expect(await preflight(origin)).toEqual([403, null]);
    }
    const headers = { "content-type": "application/json", origin: "http://evil.example" };
    const answer = await harness.send(JSON.stringify(request("eth_chainId")), headers);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("errors", () => {
  const contract = () => harness.seeded.contract;
  const reason = encodeErrorResult({
    abi: [{ type: "error", name: "Error", inputs: [{ name: "reason", type: "string" }] }],
    args: ["no way"],
  });
  const panic = encodeErrorResult({
    abi: [{ type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] }],
    args: [0x11n],
  });
  const cases: [string, string, () => unknown[], unknown][] = [
    [
      "an address that is too short",
      "eth_getBalance",
      () => ["0x12"],
      { code: -32602, message: "invalid argument 0: hex string has length 2, want 40" },
    ],
    [
      "a missing argument",
      "eth_getBalance",
      () => [],
      { code: -32602, message: "missing value for required argument 0" },
    ],
    [
      "too many arguments",
      "eth_chainId",
      () => [1],
      { code: -32602, message: "too many arguments, want at most 0" },
    ],
    [
      "a number without 0x",
      "eth_getBlockByNumber",
      () => ["12", false],
      { code: -32602, message: "invalid argument 0: hex string without 0x prefix" },
    ],
    [
      "leading zeros",
      "eth_getBlockByNumber",
      () => ["0x01", false],
      { code: -32602, message: "invalid argument 0: hex number with leading zero digits" },
    ],
    [
      "both block hash and number",
      "eth_getBalance",
      () => [RECIPIENT, { blockHash: `0x${"00".repeat(32)}`, blockNumber: "0x1" }],
      { code: -32602, message: expect.stringContaining("cannot specify both") },
    ],
    [
      "the state of an unknown block",
      "eth_getBalance",
      () => [RECIPIENT, "0x1000"],
      { code: -32000, message: "header not found" },
    ],
    [
      "logs of an unknown block",
      "eth_getLogs",
      () => [{ blockHash: `0x${"00".repeat(32)}` }],
      { code: -32000, message: "unknown block" },
    ],
    [
      "a range that ends before it starts",
      "eth_getLogs",
      () => [{ fromBlock: "0x2", toBlock: "0x1" }],
      { code: -32602, message: "invalid block range params" },
    ],
    [
      "a revert with a reason",
      "eth_call",
      () => [{ to: contract(), data: reason }],
      { code: 3, message: "execution reverted: no way", data: reason },
    ],
    [
      "a revert of a panic",
      "eth_call",
      () => [{ to: contract(), data: panic }],
      { code: 3, message: "execution reverted: arithmetic underflow or overflow", data: panic },
    ],
    [
      "a revert with other data",
      "eth_call",
      () => [{ to: contract(), input: "0x1234" }],
      { code: 3, message: "execution reverted", data: "0x1234" },
    ],
    [
      "the estimate of a revert",
      "eth_estimateGas",
      () => [{ to: contract(), data: reason }],
      { code: 3, message: "execution reverted: no way", data: reason },
    ],
    [
      "a call without money",
      "eth_call",
      () => [{ from: RECIPIENT, to: contract(), value: "0xffffffffffffffffff" }],
      {
        code: -32000,
        message: expect.stringContaining("insufficient funds for gas * price + value"),
      },
    ],
    [
      "withdrawals in a call",
      "eth_call",
      () => [{ to: contract() }, "latest", {}, { withdrawals: [] }],
      {
        code: -32000,
        message: 'block override "withdrawals" is not supported for this RPC method',
      },
    ],
    [
      "too many slots at once",
      "eth_getStorageValues",
      () => [{ [contract()]: Array.from({ length: 1_025 }, () => "0x0") }],
      { code: -38026, message: "too many slots (max 1024)" },
    ],
    [
      "a simulation without blocks",
      "eth_simulateV1",
      () => [{ blockStateCalls: [] }],
      { code: -32602, message: "empty input" },
    ],
    [
      "a simulation whose sender has too little",
      "eth_simulateV1",
      () => [{ blockStateCalls: [{ calls: [{ to: contract(), value: "0x1" }] }] }],
      { code: -38014, message: expect.stringContaining("insufficient funds for gas * price") },
    ],
    [
      "logs of blocks that are not there yet",
      "eth_getLogs",
      () => [{ fromBlock: "0x0", toBlock: "0xffff" }],
      { code: -32602, message: "block range extends beyond current head block" },
    ],
    [
      "another chain id",
      "eth_call",
      () => [{ to: contract(), chainId: "0x1" }],
      { code: -32000, message: "chainId does not match node's (have=1, want=901)" },
    ],
    [
      "unequal data and input",
      "eth_call",
      () => [{ to: contract(), data: "0x01", input: "0x02" }],
      { code: -32602, message: expect.stringContaining('both "data" and "input"') },
    ],
    [
      "both kinds of price",
      "eth_call",
      () => [{ to: contract(), gasPrice: "0x1", maxFeePerGas: "0x1" }],
      { code: -32000, message: expect.stringContaining("both gasPrice and") },
    ],
    [
      "bytes that are no transaction",
      "eth_sendRawTransaction",
      () => ["0x02c0"],
      { code: -32000, message: expect.stringMatching(/^rlp: /) },
    ],
    [
      "a blob transaction",
      "eth_sendRawTransaction",
      () => ["0x03c0"],
      { code: -32000, message: "transaction type not supported" },
    ],
    [
      "a deposit",
      "eth_sendRawTransaction",
      () => ["0x7ec0"],
      { code: -32000, message: "transaction type not supported" },
    ],
    [
      "an unknown filter",
      "eth_getFilterChanges",
      () => ["0x1"],
      { code: -32000, message: "filter not found" },
    ],
    [
      "a subscription over HTTP",
      "eth_subscribe",
      () => ["newHeads"],
      { code: -32601, message: "notifications not supported" },
    ],
    [
      "rewards that fall",
      "eth_feeHistory",
      () => ["0x1", "latest", [50, 1]],
      { code: -32602, message: expect.any(String) },
    ],
    [
      "an answer that is too large",
      "web3_sha3",
      () => ["0x0"],
      { code: -32602, message: "invalid argument 0: hex string of odd length" },
    ],
  ];
  test.each(cases)("%s", async (_name, method, params, expected) => {
    expect((await harness.rpc(method, params())).error).toEqual(expected);
  });

  test("refused transactions say why in geth's words", async () => {
    const sent = async (raw: Promise<Uint8Array>) =>
      (await harness.rpc("eth_sendRawTransaction", [toHex(await raw)])).error?.message;
    const gwei = 10n ** 9n;
    expect(await sent(signTx({ nonce: 0, to: RECIPIENT }))).toBe(
      "nonce too low: next nonce 3, tx nonce 0",
    );
    expect(await sent(signTx({ nonce: 3, to: RECIPIENT, value: 1n }))).toBe("already known");
    expect(await sent(signTx({ nonce: 3, to: RECIPIENT, value: 2n }))).toBe(
      "replacement transaction underpriced",
    );
    expect(await sent(signTx({ nonce: 4, to: RECIPIENT, gas: 20_000n }))).toBe(
      "intrinsic gas too low: gas 20000, minimum needed 21000",
    );
    expect(await sent(signTx({ nonce: 4, to: RECIPIENT, value: 10n ** 30n }))).toMatch(
      /^insufficient funds for gas \* price \+ value: balance \d+, tx cost \d+, overshot \d+$/,
    );
    expect(await sent(signTx({ nonce: 4, to: RECIPIENT }, 1))).toBe(
      "invalid chain id for signer: have 1 want 901",
    );
    expect(
      await sent(
        signTx({ nonce: 4, to: RECIPIENT, gas: 10_000_000n, maxFeePerGas: 1_000n * gwei }),
      ),
    ).toBe("tx fee (10.00 ether) exceeds the configured cap (1.00 ether)");
  });
});

test("a tip above the fee cap", async () => {
  const body = toRlp([
    "0x0385",
    "0x04",
    "0x02",
    "0x01",
    "0x5208",
    RECIPIENT,
    "0x",
    "0x",
    [],
    "0x",
    "0x01",
    "0x01",
  ]);
  const answer = await harness.rpc("eth_sendRawTransaction", [concat(["0x02", body])]);
  expect(answer.error).toEqual({
    code: -32000,
    message:
      "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: 2, maxFeePerGas: 1",
  });
});

describe("hex rules", () => {
  const QUANTITIES = [
    "0x",
    "0x01",
    "0x00",
    "1",
    "",
    "0xg",
    "0x-1",
    "-0x1",
    "0x1.0",
    " 0x1",
    "0x1 ",
    "0x1\n",
    1,
    -1,
    1.5,
    true,
    {},
    [],
    `0x${"f".repeat(17)}`,
    `0x${"9".repeat(10_000)}`,
  ];
  const ADDRESSES = [
    "0x",
    "0x0",
    `0x${"g".repeat(40)}`,
    `0x${"0".repeat(39)}`,
    `0x${"0".repeat(41)}`,
    "0".repeat(40),
    `0x${"0".repeat(40)}\u0000`,
    0,
    null,
    {},
    [],
  ];
  const HASHES = [
    "0x",
    `0x${"0".repeat(63)}`,
    `0x${"0".repeat(65)}`,
    `0x${"z".repeat(64)}`,
    "0x1",
    5,
    {},
  ];

  test.each(
    [...METHODS.keys()].filter((name) =>
      /^eth_.*(Balance|Code|TransactionCount|Proof)$/.test(name),
    ),
  )("%s refuses every malformed address and block", async (name) => {
    for (const address of ADDRESSES)
      expect((await harness.rpc(name, [address])).error?.code).toBe(-32602);
    const keys = name === "eth_getProof" ? [[]] : [];
    for (const number of QUANTITIES) {
      const { error: found } = await harness.rpc(name, [RECIPIENT, ...keys, number]);
      expect([number, found?.code]).toEqual([number, -32602]);
    }
  });

  test.each(["eth_getBlockByHash", "eth_getTransactionByHash", "eth_getTransactionReceipt"])(
    "%s refuses every malformed hash",
    async (name) => {
      for (const hash of HASHES) expect((await harness.rpc(name, [hash])).error?.code).toBe(-32602);
    },
  );

  test("hex digits of any case name the same account", async () => {
    const upper = addressOf(accounts[0]).replace(/[a-f]/g, (digit) => digit.toUpperCase());
    const [one, other] = [
      await harness.rpc("eth_getBalance", [upper]),
      await harness.rpc("eth_getBalance", [addressOf(accounts[0])]),
    ];
    expect(one.result).toBe(other.result);
  });
});
