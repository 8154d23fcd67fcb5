import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { METHODS } from "../../../src/rpc/registry.js";
import { GatewayHarness, RECIPIENT } from "../../helpers/gatewayHarness.js";

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open();
});
afterAll(() => harness.close());

let seed = 12_345;
function random(below: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * below);
}
function pick<T>(items: readonly T[]): T {
  return items[random(items.length)] as T;
}

const NAMES = [...METHODS.keys()];
const ATOMS: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "-1",
  "1.5",
  "1e400",
  "-1e400",
  "9007199254740993",
  '""',
  '"0x"',
  '"0x0"',
  '"0x1"',
  '"0x01"',
  '"0x7fffffffffffffff"',
  '"0xffffffffffffffff"',
  `"0x${"f".repeat(64)}"`,
  `"0x${"f".repeat(65)}"`,
  `"0x${"9".repeat(20_000)}"`,
  '"latest"',
  '"pending"',
  '"safe"',
  '"LATEST"',
  `"${RECIPIENT}"`,
  `"0x${"00".repeat(32)}"`,
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  "{}",
  "[]",
  "[null]",
  "[[null]]",
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  `{"to":"${RECIPIENT}"}`,
  `{"from":"${RECIPIENT}","value":"0x1"}`,
  '{"data":"0x60ff","gas":"0x0"}',
  '{"fromBlock":"0x0"}',
  '{"fromBlock":"0x0","toBlock":"0xffffffffff"}',
  '{"topics":[[],null,[null]]}',
  '{"address":[]}',
  '{"blockHash":1}',
  `{"${RECIPIENT}":{"code":"0x5b5f56"}}`,
  '"newHeads"',
  '"logs"',
  "[50,10]",
  "[-1]",
  "[1e9]",
  '"0x02f86b"',
  '"0x7e"',
  '"0x03"',
  '"0xc0"',
  '"0xf800"',
];
const IDS: readonly string[] = [
  "1",
  "0",
  "-1",
  "1.5",
  '"a"',
  '""',
  "null",
  "[]",
  "{}",
  "true",
  "1e400",
  '"\\ud83d"',
  '"__proto__"',
];

function member(): string {
  return random(4) === 0
    ? `{"a":${pick(ATOMS)},"from":${pick(ATOMS)},"to":${pick(ATOMS)},"data":${pick(ATOMS)}}`
    : pick(ATOMS);
}

function requestText(): string {
  const params = Array.from({ length: random(5) }, member).join(",");
  const name = random(12) === 0 ? pick(["constructor", "eth_sign", "", "__proto__"]) : pick(NAMES);
  const parts = [`"jsonrpc":${random(20) === 0 ? pick(ATOMS) : '"2.0"'}`, `"method":"${name}"`];
  if (random(10) > 0) parts.push(`"id":${random(3) > 0 ? "1" : pick(IDS)}`);
  if (random(10) > 0) parts.push(`"params":${random(10) === 0 ? pick(ATOMS) : `[${params}]`}`);
  if (random(20) === 0) parts.push(`"method":"${pick(NAMES)}"`);
  return `{${parts.join(",")}}`;
}

function mutate(text: string): string {
  const at = random(text.length);
  switch (random(8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random(5));
    case 3:
      return text.slice(0, at) + pick(ATOMS) + text.slice(at);
    default:
      return text;
  }
}

const LEAKS =
  /\/home|\/work|\/tmp|node_modules|https?:\/\/|\.ts:|\.js:|at .*\(|Cannot read|undefined is not/;

function assertAnswer(text: string, answer: unknown): void {
  const answers = Array.isArray(answer) ? answer : [answer];
  for (const item of answers) {
    const { jsonrpc, error } = item as {
      jsonrpc: string;
      error?: { code: number; message: string };
    };
    expect(jsonrpc).toBe("2.0");
    expect("result" in item !== "error" in item).toBe(true);
    expect("id" in item).toBe(true);
    if (error === undefined) continue;
    expect(typeof error.message).toBe("string");
    // -32603 would be an error of ours.
    if (![-32700, -32600, -32601, -32602, -32000, -32002, -32003, -32005, 3].includes(error.code)) {
      throw new Error(`${JSON.stringify(error)} for ${text.slice(0, 500)}`);
    }
    if (LEAKS.test(error.message)) throw new Error(`leak: ${error.message}`);
  }
}

test("thousands of mutated requests get valid JSON-RPC answers, never an internal error", async () => {
  const ROUNDS = 3_000;
  let answered = 0;
  for (let round = 0; round < ROUNDS; round += 20) {
    const texts = Array.from({ length: 20 }, () => {
      const single = mutate(requestText());
      return random(10) === 0 ? `[${single},${requestText()}]` : single;
    });
    await Promise.all(
      texts.map(async (text) => {
        const { status, body } = await harness.send(text);
        expect([200, 204, 413, 503]).toContain(status);
        if (body === null) return;
        answered++;
        assertAnswer(text, body);
      }),
    );
  }
  expect(answered).toBeGreaterThan(ROUNDS / 2);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect((await harness.rpc("eth_blockNumber")).result).toBe("0x3");
});
