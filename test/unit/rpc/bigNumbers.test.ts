import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Address } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { depositTx } from "../../helpers/engineChain.js";
import {
  accounts,
  addressOf,
  GatewayHarness,
  RECIPIENT,
  signTx,
  toHex,
} from "../../helpers/gatewayHarness.js";

// Numbers around 2^53, where those of JavaScript are rounded, and at the ends of 64 and 256 bits.

const SAFE = 2n ** 53n;
const UINT64 = [SAFE - 1n, SAFE, SAFE + 1n, 2n ** 63n + 1n, 2n ** 64n - 1n];
const UINT256 = [...UINT64, 2n ** 64n, 2n ** 64n + 1n, 2n ** 255n + 1n, 2n ** 256n - 1n];
const TOO_LARGE = 2n ** 256n;

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const word = (value: bigint): string => value.toString(16).padStart(64, "0");
const CALLER: Address = "0x00000000000000000000000000000000000ca11e";

/** Code that returns a word for each of the opcodes. */
function reader(...opcodes: string[]): string {
  const stores = opcodes.map((code, at) => `${code}60${(32 * at).toString(16).padStart(2, "0")}52`);
  return `0x${stores.join("")}61${(32 * opcodes.length).toString(16).padStart(4, "0")}5ff3`;
}
const [CALLVALUE, SELFBALANCE, INPUT, SLOT, NONE] = ["34", "47", "5f35", "5f54", "3331"];
const [NUMBER, TIMESTAMP, GASLIMIT, GASPRICE, BASEFEE] = ["43", "42", "45", "3a", "48"];

let harness: GatewayHarness;
const rpc = (name: string, ...params: unknown[]) => harness.rpc(name, params);
const result = async (name: string, ...params: unknown[]) => {
  const answer = await rpc(name, ...params);
  expect([name, answer.error]).toEqual([name, undefined]);
  return answer.result;
};
const codeOf = async (name: string, ...params: unknown[]) =>
  (await rpc(name, ...params)).error?.code;

beforeAll(async () => {
  harness = await GatewayHarness.open();
});
afterAll(() => harness.close());

describe("calls", () => {
  test("value, balance, data and storage reach the code to the last bit", async () => {
    const code = reader(CALLVALUE, SELFBALANCE, INPUT, SLOT, NONE);
    for (const value of UINT256) {
      const call = { from: CALLER, to: RECIPIENT, value: hex(value), data: `0x${word(value)}` };
      const stateDiff = { [`0x${word(0n)}`]: `0x${word(value)}` };
      const overrides = {
        [CALLER]: { balance: hex(value) },
        [RECIPIENT]: { code, stateDiff, balance: "0x0" },
      };
      const expected = `0x${[value, value, value, value, 0n].map(word).join("")}`;
      expect([value, await result("eth_call", call, "latest", overrides)]).toEqual([
        value,
        expected,
      ]);
      const one = { ...overrides, [CALLER]: { balance: hex(value - 1n) } };
      expect([value, await codeOf("eth_call", call, "latest", one)]).toEqual([value, -32000]);
    }
  });

  test("a block's numbers and the price of gas reach it too", async () => {
    for (const value of UINT64) {
      const code = reader(NUMBER, TIMESTAMP, GASLIMIT);
      const block = { number: hex(value), time: hex(value), gasLimit: hex(value) };
      const overrides = { [RECIPIENT]: { code } };
      expect([
        value,
        await result("eth_call", { to: RECIPIENT }, "latest", overrides, block),
      ]).toEqual([value, `0x${word(value).repeat(3)}`]);
    }
    const overrides = {
      [CALLER]: { balance: hex(2n ** 256n - 1n) },
      [RECIPIENT]: { code: reader(GASPRICE, BASEFEE) },
    };
    for (const value of UINT256.filter((item) => item < 2n ** 200n)) {
      const call = { from: CALLER, to: RECIPIENT, gas: "0x186a0", gasPrice: hex(value) };
      const block = { baseFeePerGas: hex(value) };
      expect([value, await result("eth_call", call, "latest", overrides, block)]).toEqual([
        value,
        `0x${word(value).repeat(2)}`,
      ]);
    }
  });

  test("simulated blocks say the numbers that they were given", async () => {
    for (const value of UINT64.filter((item) => item > SAFE)) {
      const payload = {
        blockStateCalls: [
          {
            blockOverrides: { time: hex(value), gasLimit: hex(value), baseFeePerGas: hex(value) },
            stateOverrides: {
              [CALLER]: { balance: hex(value), nonce: hex(value - 1n) },
              [RECIPIENT]: { code: reader(CALLVALUE) },
            },
            calls: [{ from: CALLER, to: RECIPIENT, value: hex(value), gas: "0x186a0" }],
          },
        ],
        returnFullTransactions: true,
      };
      const [block] = (await result("eth_simulateV1", payload, "latest")) as Record<
        string,
        unknown
      >[];
      expect(block).toMatchObject({
        timestamp: hex(value),
        gasLimit: hex(value),
        baseFeePerGas: hex(value),
        calls: [{ status: "0x1", returnData: `0x${word(value)}` }],
        transactions: [{ value: hex(value), nonce: hex(value - 1n) }],
      });
    }
  });

  test("more gas than there is becomes what there is", async () => {
    const overrides = { [RECIPIENT]: { code: "0x5a5f5260205ff3" } };
    for (const gas of [SAFE + 1n, 2n ** 64n - 1n]) {
      const call = { to: RECIPIENT, gas: hex(gas) };
      const left = BigInt(String(await result("eth_call", call, "latest", overrides)));
      expect(left).toBeLessThan(50_000_000n);
      expect(left).toBeGreaterThan(49_900_000n);
      expect(
        BigInt(String(await result("eth_estimateGas", call, "latest", overrides))),
      ).toBeLessThan(30_000n);
    }
  });
});

describe("reads", () => {
  test("a number that no block, item or slot has finds none, and nothing near it", async () => {
    const account = addressOf(accounts[0]);
    for (const value of UINT64) {
      const isBlock = value < 2n ** 63n;
      const expected = isBlock ? undefined : -32602;
      for (const name of ["eth_getBlockByNumber", "eth_getHeaderByNumber"]) {
        const answer = await rpc(
          name,
          hex(value),
          ...(name === "eth_getBlockByNumber" ? [true] : []),
        );
        if (answer.error?.code === -32601) continue;
        expect([name, value, answer.error?.code, answer.result ?? null]).toEqual([
          name,
          value,
          expected,
          null,
        ]);
      }
      const code = isBlock ? -32000 : -32602;
      expect(await codeOf("eth_getBalance", account, hex(value))).toBe(code);
      expect(await codeOf("eth_getBalance", account, { blockNumber: hex(value) })).toBe(code);
      expect(await codeOf("eth_call", { to: RECIPIENT }, hex(value))).toBe(code);
      expect(await codeOf("eth_getLogs", { fromBlock: "0x0", toBlock: hex(value) })).toBe(-32602);
      expect(await codeOf("eth_getLogs", { fromBlock: hex(value) })).toBe(-32602);
      expect(await codeOf("eth_feeHistory", "0x1", hex(value), [])).toBeDefined();
      expect(await result("eth_getTransactionByBlockNumberAndIndex", "0x1", hex(value))).toBeNull();
      const history = await result("eth_feeHistory", hex(value), "latest", []);
      expect((history as { gasUsedRatio: unknown[] }).gasUsedRatio.length).toBeLessThan(10);
    }
    for (const value of UINT256) {
      expect(await result("eth_getStorageAt", account, hex(value), "latest")).toBe(`0x${word(0n)}`);
      const proof = await result("eth_getProof", account, [hex(value)], "latest");
      expect(proof).toMatchObject({ storageProof: [{ key: hex(value), value: "0x0" }] });
    }
  });

  test("a number beyond its type is refused, whatever its size", async () => {
    const call = (fields: object) => [{ from: CALLER, to: RECIPIENT, ...fields }, "latest"];
    for (const value of [TOO_LARGE, TOO_LARGE * 16n, 2n ** 4_000_000n]) {
      for (const field of ["value", "gas", "gasPrice", "maxFeePerGas", "nonce", "chainId"]) {
        expect([field, await codeOf("eth_call", ...call({ [field]: hex(value) }))]).toEqual([
          field,
          -32602,
        ]);
      }
      const overrides = { [RECIPIENT]: { balance: hex(value) } };
      expect(await codeOf("eth_call", ...call({}), overrides)).toBe(-32602);
      expect(await codeOf("eth_getBlockByNumber", hex(value), false)).toBe(-32602);
      expect(await codeOf("eth_getStorageAt", RECIPIENT, hex(value), "latest")).toBe(-32602);
    }
    for (const field of ["gas", "nonce"]) {
      expect(await codeOf("eth_call", ...call({ [field]: hex(2n ** 64n) }))).toBe(-32602);
    }
    const block = { time: hex(2n ** 64n) };
    expect(await codeOf("eth_call", ...call({}), {}, block)).toBe(-32602);
  });
});

describe("transactions", () => {
  test("amounts come back from blocks, receipts, traces and states as they were sent", async () => {
    const { chain } = harness.seeded;
    const [value, mint] = [SAFE + 1n, 2n ** 128n - 1n];
    const to: Address = "0x0000000000000000000000000000000000b16b16";
    const rich: Address = "0x000000000000000000000000000000000000f1c4";
    const raw = await signTx({ from: 1, nonce: 0, to, value });
    const deposit = depositTx({ from: rich, mint, value, to });
    await chain.mine([deposit, raw]);
    const hash = keccakHex(raw);
    expect(await result("eth_getBalance", to, "latest")).toBe(hex(2n * value));
    expect(await result("eth_getBalance", rich, "latest")).toBe(hex(mint - value));
    expect(await result("eth_getTransactionByHash", hash)).toMatchObject({ value: hex(value) });
    expect(await result("eth_getTransactionByHash", keccakHex(deposit))).toMatchObject({
      value: hex(value),
      mint: hex(mint),
    });
    const call = await result("debug_traceTransaction", hash, { tracer: "callTracer" });
    expect(call).toMatchObject({ value: hex(value) });
    const prestate = await result("debug_traceTransaction", hash, {
      tracer: "prestateTracer",
      tracerConfig: { diffMode: true },
    });
    expect(prestate).toMatchObject({
      pre: { [to]: { balance: hex(value) } },
      post: { [to]: { balance: hex(2n * value) } },
    });
  });

  test("the pool counts to the last wei, and says so", async () => {
    const sender = addressOf(accounts[2]);
    const balance = BigInt(String(await result("eth_getBalance", sender, "latest")));
    expect(balance).toBeGreaterThan(2n ** 64n);
    const value = SAFE + 1n;
    const raw = await signTx({ from: 2, nonce: 0, to: RECIPIENT, value });
    await result("eth_sendRawTransaction", toHex(raw));
    const found = (await result("txpool_contentFrom", sender)) as {
      pending: Record<string, unknown>;
    };
    expect(found.pending["0"]).toMatchObject({ value: hex(value) });
    expect(JSON.stringify(await result("txpool_inspect"))).toContain(`${value} wei + 21000 gas`);
    const huge = 2n ** 256n - 1n;
    const unpayable = await signTx({ from: 2, nonce: 1, to: RECIPIENT, value: huge });
    const { error } = await rpc("eth_sendRawTransaction", toHex(unpayable));
    expect(error?.code).toBe(-32000);
    const [, had, cost, over] =
      /balance (\d+), tx cost (\d+), overshot (\d+)$/.exec(error?.message ?? "") ?? [];
    expect(BigInt(had ?? 0)).toBe(balance);
    expect(BigInt(cost ?? 0)).toBeGreaterThan(huge);
    expect(BigInt(cost ?? 0) - BigInt(had ?? 0)).toBe(BigInt(over ?? 0));
  });
});
