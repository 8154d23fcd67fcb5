import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Hash, Hex } from "../../../../src/util/hex.js";
import { GatewayHarness, LOG_TOPIC, RECIPIENT } from "../../../helpers/gatewayHarness.js";

describe("debug_trace methods", () => {
  let harness: GatewayHarness;

  beforeAll(async () => {
    harness = await GatewayHarness.open();
  });
  afterAll(() => harness.close());

  const result = async (method: string, ...params: unknown[]) => {
    const answer = await harness.rpc(method, params);
    if (answer.error) throw new Error(JSON.stringify(answer.error));
    return answer.result;
  };
  const errorOf = async (method: string, ...params: unknown[]) =>
    (await harness.rpc(method, params)).error;

  test("a deposit is traced by its hash, and by the hash that L1 suggests", async () => {
    const { depositHash } = harness.seeded;
    const tracer = { tracer: "callTracer" };
    const top = await result("debug_traceTransaction", depositHash, tracer);
    expect(top).toMatchObject({ type: "CALL", to: RECIPIENT, value: "0x3", gas: "0x186a0" });
    expect(await result("debug_traceTransaction", GatewayHarness.ALIAS, tracer)).toEqual(top);
  });

  test("without a tracer every opcode is told", async () => {
    const { transactionHash } = harness.seeded.logReceipt;
    const log = (await result("debug_traceTransaction", transactionHash)) as {
      structLogs: { op: string; stack: Hex[] }[];
    };
    expect(log).toMatchObject({ failed: false, returnValue: `0x${"2a".padStart(64, "0")}` });
    expect(log.structLogs[0]).toMatchObject({ pc: 0, op: "CALLDATASIZE", depth: 1, stack: [] });
    expect(log.structLogs.at(-1)?.op).toBe("RETURN");
  });

  test("a block by number, by hash and as RLP has the same traces", async () => {
    const { depositBlock, depositHash, transferHash } = harness.seeded;
    const options = { tracer: "4byteTracer" };
    const byHash = (await result("debug_traceBlockByHash", depositBlock, options)) as {
      txHash: Hash;
    }[];
    expect(byHash.map(({ txHash }) => txHash).slice(1)).toEqual([depositHash, transferHash]);
    expect(await result("debug_traceBlockByNumber", "0x1", options)).toEqual(byHash);
    const rlp = await result("debug_getRawBlock", "0x1");
    expect(await result("debug_traceBlock", rlp, options)).toEqual(byHash);
  });

  test("a call is traced with overrides, on a block and within it", async () => {
    const { contract } = harness.seeded;
    const call = { to: contract };
    const options = { tracer: "callTracer", tracerConfig: { withLog: true }, timeout: "4.5s" };
    const top = await result("debug_traceCall", call, "latest", options);
    expect(top).toMatchObject({ logs: [{ address: contract, topics: [LOG_TOPIC], index: "0x0" }] });
    const stateOverrides = { [contract]: { code: "0x5f5ffd" } };
    const other = { tracer: "callTracer", stateOverrides };
    expect(await result("debug_traceCall", call, "latest", other)).toMatchObject({
      error: "execution reverted",
    });
    const within = { tracer: "callTracer", txIndex: "0x1" };
    // Before its creation there is no contract to call.
    expect(await result("debug_traceCall", call, "0x2", within)).not.toHaveProperty("output");
  });

  test("what cannot be traced says why", async () => {
    const unknown = `0x${"77".repeat(32)}`;
    expect(await errorOf("debug_traceTransaction", unknown)).toEqual({
      code: -32000,
      message: "transaction not found",
    });
    const { pendingHash } = harness.seeded;
    expect(await errorOf("debug_traceTransaction", pendingHash)).toMatchObject({ code: -32000 });
    expect(await errorOf("debug_traceBlockByNumber", "0x0")).toEqual({
      code: -32000,
      message: "genesis is not traceable",
    });
    expect(await errorOf("debug_traceBlockByHash", unknown)).toMatchObject({ code: -32000 });
    expect(await errorOf("debug_traceBlock", "0xc0")).toEqual({
      code: -32000,
      message: "could not decode block",
    });
  });

  test("options that mean nothing here are refused with a sentence", async () => {
    const at = (options: unknown) => errorOf("debug_traceBlockByNumber", "0x1", options);
    const unknown = await at({ tracer: "{ step() {} }" });
    expect(unknown?.code).toBe(-32602);
    expect(unknown?.message).toMatch(/unknown tracer .* there are callTracer/);
    for (const options of [
      { tracer: 5 },
      { tracerConfig: [] },
      { timeout: "5 apples" },
      { limit: "many" },
      { enableMemory: "yes" },
      "callTracer",
    ]) {
      expect(await at(options)).toMatchObject({ code: -32602 });
    }
  });

  test("a trace larger than an answer may be is refused while it is gathered", async () => {
    const small = await GatewayHarness.open({ limits: { responseBytes: 700 } });
    try {
      const { transactionHash } = small.seeded.logReceipt;
      const answer = await small.rpc("debug_traceTransaction", [transactionHash]);
      expect(answer.error).toEqual({ code: -32003, message: "response too large" });
    } finally {
      await small.close();
    }
  });
});
