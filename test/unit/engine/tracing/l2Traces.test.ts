import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ExecutionContext } from "../../../../src/engine/executionContext.js";
import { traceBlock } from "../../../../src/engine/tracing/traceBlock.js";
import { traceCall } from "../../../../src/engine/tracing/traceCall.js";
import type { TraceOptions } from "../../../../src/engine/tracing/types.js";
import type { CallOptions, CallRequest, Receipt } from "../../../../src/engine/types.js";
import { type Address, fromHex, type Hex, toHex } from "../../../../src/util/hex.js";
import {
  accounts,
  addressOf,
  depositTx,
  EngineChain,
  signTx,
} from "../../../helpers/engineChain.js";
import { CODE, creationCode, wordOf, words } from "../../../helpers/evmCode.js";

interface Frame {
  type: string;
  from: Hex;
  to?: Hex;
  gas: Hex;
  gasUsed: Hex;
  input: Hex;
  output?: Hex;
  value?: Hex;
  error?: string;
  revertReason?: string;
  calls?: Frame[];
  logs?: { index: Hex; position: Hex; address: Hex; topics: Hex[]; data: Hex }[];
}

type Accounts = Record<Address, { balance?: Hex; nonce?: number; code?: Hex; storage?: object }>;

const RICH = addressOf(accounts[0]);
const SOMEBODY: Address = `0x${"5b".repeat(20)}`;
const LIMITS = { timeoutMs: 60_000, maxBytes: 10_000_000 };
const MORE = {
  ...CODE,
  /** Sends one wei, which it does not have, to 0xaa, then logs nothing under no topic. */
  sendsTooMuch: "0x5f5f5f5f600160aa5af15f5fa000",
  /** LOG1, CALL of word 0, LOG1. */
  logsAround: "0x60075f5fa15f5f5f5f5f5f355af15060085f5fa100",
  /** Makes a contract of one zero byte, calls nobody. */
  creates: "0x60015f5360015ff35f52",
  /** Reverts with Error("no"). */
  says: `0x7f08c379a0${"00".repeat(28)}5f526020600452600260245261${"6e6f"}60f01b60445260645ffd`,
} as const;

describe("traces of L2 blocks", () => {
  let chain: EngineChain;
  let execution: ExecutionContext;
  let nonce = 0;
  const at: Record<string, Address> = {};

  beforeAll(async () => {
    chain = await EngineChain.open({ callTimeoutMs: 60_000 });
    execution = chain.engine.execution as ExecutionContext;
    for (const [name, code] of Object.entries(MORE)) {
      const raw = await signTx({ nonce: nonce++, data: creationCode(code as Hex), gas: 400_000n });
      const [, receipt] = await chain.receipts([raw]);
      at[name] = receipt?.contractAddress as Address;
    }
  });
  afterAll(() => chain.engine.close());

  const to = (name: keyof typeof MORE): Address => at[name] as Address;

  async function mineCall(
    name: keyof typeof MORE,
    data: Hex = "0x",
    gas = 300_000n,
    value = 0n,
  ): Promise<Receipt> {
    const raw = await signTx({ nonce: nonce++, to: to(name), data, gas, value });
    return (await chain.receipts([raw]))[1] as Receipt;
  }

  async function trace({ blockHash, transactionIndex }: Receipt, options: TraceOptions) {
    const args = { block: blockHash, txIndex: transactionIndex, options, limits: LIMITS };
    return (await traceBlock(execution, args))[0]?.result;
  }

  const frames = async (receipt: Receipt, tracerConfig = {}) =>
    (await trace(receipt, { tracer: "callTracer", tracerConfig })) as Frame;

  async function call(request: CallRequest, options: TraceOptions, more: CallOptions = {}) {
    const block = (await chain.engine.getHeader("latest"))?.hash as Hex;
    return traceCall(execution, { request, block, call: more, options, limits: LIMITS });
  }

  test("a deposit is traced with its sender, gas limit and value; so is the attributes transaction", async () => {
    const data = fromHex(words(7, 8));
    const deposit = depositTx({ from: SOMEBODY, to: to("log"), mint: 9n, value: 2n, data });
    const [, receipt] = await chain.receipts([deposit]);
    const top = await frames(receipt as Receipt, { withLog: true });
    expect(top).toMatchObject({ type: "CALL", from: SOMEBODY, to: to("log"), value: "0x2" });
    expect(top.gas).toBe("0x186a0");
    expect(BigInt(top.gasUsed)).toBe(receipt?.gasUsed);
    expect(top.logs?.[0]).toMatchObject({ address: to("log"), index: "0x0", position: "0x0" });
    const block = receipt?.blockHash as Hex;
    const all = await traceBlock(execution, { block, options: {}, limits: LIMITS });
    expect(all).toHaveLength(2);
    expect(all[0]?.result).toMatchObject({ failed: false });
  });

  test("what a deposit changes begins with the balance before its mint", async () => {
    const fresh: Address = `0x${"6c".repeat(20)}`;
    const deposit = depositTx({ from: fresh, to: SOMEBODY, mint: 9n, value: 2n });
    const [, receipt] = await chain.receipts([deposit]);
    const tracerConfig = { diffMode: true };
    const diff = (await trace(receipt as Receipt, { tracer: "prestateTracer", tracerConfig })) as {
      pre: Accounts;
      post: Accounts;
    };
    expect(diff.pre[fresh]).toBeUndefined();
    expect(diff.post[fresh]).toEqual({ balance: "0x7", nonce: 1 });
    expect(diff.post[SOMEBODY]?.balance).toBeDefined();
  });

  test("a deposit that cannot start has one failed frame, and all its gas is used", async () => {
    const [, receipt] = await chain.receipts([depositTx({ from: SOMEBODY, gas: 20_000n })]);
    const top = await frames(receipt as Receipt);
    expect(top).toMatchObject({ type: "CALL", from: SOMEBODY, gasUsed: "0x4e20" });
    expect(top.error).toBe("failed deposit: it could not start");
    const log = await trace(receipt as Receipt, {});
    expect(log).toMatchObject({ gas: 20_000, failed: true, structLogs: [] });
  });

  test("a revert has its data and its reason, and undoes the logs before it", async () => {
    const reverted = await frames(await mineCall("says"));
    expect(reverted).toMatchObject({ error: "execution reverted", revertReason: "no" });
    const receipt = await mineCall("revert", words(5));
    expect(await frames(receipt)).toMatchObject({ output: `0x${wordOf(5)}` });
    expect(await trace(receipt, {})).toMatchObject({ failed: true, returnValue: `0x${wordOf(5)}` });
  });

  test("logs know how many calls came before them", async () => {
    const data = `0x${to("log").slice(2).padStart(64, "0")}` as Hex;
    const top = await frames(await mineCall("logsAround", data), { withLog: true });
    expect(top.logs?.map(({ index, position }) => [index, position])).toEqual([
      ["0x0", "0x0"],
      ["0x2", "0x1"],
    ]);
    expect(top.calls?.[0]?.logs?.[0]?.index).toBe("0x1");
    expect(
      await frames(await mineCall("logsAround", data), { onlyTopCall: true }),
    ).not.toHaveProperty("calls");
  });

  test("a call that the balance is too small for is shown, though it never started", async () => {
    const top = await frames(await mineCall("sendsTooMuch"), { withLog: true });
    expect(top.calls).toMatchObject([
      { type: "CALL", value: "0x1", gasUsed: "0x0", error: "insufficient balance for transfer" },
    ]);
    expect(top.logs).toMatchObject([{ position: "0x1" }]);
  });

  test("creations inside a transaction, and what destroys itself in them", async () => {
    const top = await frames(await mineCall("createAndDestroy", "0x", 300_000n, 3n));
    const [made] = top.calls ?? [];
    expect(made).toMatchObject({ type: "CREATE", from: to("createAndDestroy"), value: "0x3" });
    expect(made?.calls).toMatchObject([{ type: "SELFDESTRUCT", from: made?.to, value: "0x3" }]);
  });

  test("a creation that cannot pay for its code has no address", async () => {
    const raw = await signTx({ nonce: nonce++, data: "0x6160005ff3", gas: 100_000n });
    const [, receipt] = await chain.receipts([raw]);
    const top = await frames(receipt as Receipt);
    expect(top).toMatchObject({ error: "contract creation code storage out of gas" });
    expect(top.to).toBeUndefined();
  });

  test("the end of a program without STOP is a step of its own", async () => {
    const logs = (await trace(await mineCall("loop", "0x", 21_900n), {})) as {
      structLogs: { op: string; gas: number; gasCost: number; error?: string }[];
    };
    expect(logs.structLogs.at(-1)?.error).toBe("out of gas");
    const code = fromHex("0x5f");
    const ran = (await call(
      { to: SOMEBODY },
      {},
      { stateOverrides: { [SOMEBODY]: { code } } },
    )) as {
      structLogs: { op: string; pc: number; stack: Hex[] }[];
    };
    expect(ran.structLogs).toMatchObject([
      { op: "PUSH0", pc: 0, stack: [] },
      { op: "STOP", pc: 1, stack: ["0x0"] },
    ]);
  });

  test("storage in the log is what was seen so far, memory and return data come when asked for", async () => {
    const receipt = await mineCall("count");
    const plain = (await trace(receipt, {})) as { structLogs: Record<string, unknown>[] };
    const slot = `0x${wordOf(0)}`;
    const storages = plain.structLogs.filter(({ storage }) => storage).map((log) => log.storage);
    expect(storages).toEqual([{ [slot]: `0x${wordOf(0)}` }, { [slot]: `0x${wordOf(1)}` }]);
    const bare = (await trace(receipt, {
      disableStack: true,
      disableStorage: true,
    })) as typeof plain;
    expect(bare.structLogs.some((log) => "stack" in log || "storage" in log)).toBe(false);
    const full = { enableMemory: true, enableReturnData: true };
    const said = (await trace(await mineCall("says"), full)) as typeof plain;
    expect(said.structLogs.at(-1)?.memory).toHaveLength(4);
    const cut = (await trace(receipt, { limit: 150 })) as typeof plain;
    expect(cut.structLogs.length).toBeLessThan(plain.structLogs.length);
  });

  test("state before and after: only what changed, deleted slots before only", async () => {
    await mineCall("store", words(4, 9));
    const receipt = await mineCall("store", words(4, 0));
    const diff = (await trace(receipt, {
      tracer: "prestateTracer",
      tracerConfig: { diffMode: true },
    })) as { pre: Accounts; post: Accounts };
    expect(diff.pre[to("store")]?.storage).toEqual({ [`0x${wordOf(4)}`]: `0x${wordOf(9)}` });
    expect(diff.post[to("store")]).toEqual({});
    expect(diff.post[RICH]?.nonce).toBe((diff.pre[RICH]?.nonce ?? 0) + 1);
    const tracerConfig = { disableCode: true, disableStorage: true };
    const pre = (await trace(receipt, { tracer: "prestateTracer", tracerConfig })) as Accounts;
    expect(pre[to("store")]).not.toHaveProperty("code");
    expect(pre[to("store")]).not.toHaveProperty("storage");
  });

  test("flat frames have paths and places; selectors are counted; opcodes too; several at once", async () => {
    const data = `0x${to("log").slice(2).padStart(64, "0")}` as Hex;
    const receipt = await mineCall("logsAround", data);
    const { blockHash, blockNumber, transactionHash, transactionIndex } = receipt;
    const tracerConfig = {
      flatCallTracer: {},
      "4byteTracer": {},
      opcodeCounter: null,
      noopTracer: {},
    };
    const all = (await trace(receipt, { tracer: "muxTracer", tracerConfig })) as Record<
      string,
      unknown
    >;
    expect(Object.keys(all)).toEqual([
      "4byteTracer",
      "flatCallTracer",
      "noopTracer",
      "opcodeCounter",
    ]);
    expect(all["4byteTracer"]).toEqual({ "0x00000000-28": 1 });
    expect(all.opcodeCounter).toMatchObject({ LOG1: 2, CALL: 1, LOG2: 1 });
    expect(all.flatCallTracer).toMatchObject([
      {
        traceAddress: [],
        subtraces: 1,
        type: "call",
        blockHash,
        blockNumber: Number(blockNumber),
        transactionHash,
        transactionPosition: transactionIndex,
      },
      { traceAddress: [0], subtraces: 0, action: { callType: "call", to: to("log") } },
    ]);
  });

  test("calls see overrides of state and block, and stand on no block", async () => {
    const code = fromHex("0x43 5f52 60205ff3".replaceAll(" ", ""));
    const more: CallOptions = {
      stateOverrides: { [SOMEBODY]: { code } },
      blockOverrides: { number: 1234n },
    };
    const tracer = "callTracer";
    const top = (await call({ to: SOMEBODY }, { tracer }, more)) as Frame;
    expect(top.output).toBe(`0x${wordOf(1234)}`);
    const flat = await call({ to: SOMEBODY }, { tracer: "flatCallTracer" }, more);
    expect(flat).toMatchObject([{ blockHash: null, transactionHash: null, blockNumber: 0 }]);
  });

  test("a call inside a block sees the transactions before it, not those after it", async () => {
    const raws = [
      await signTx({ nonce: nonce++, to: to("count"), gas: 100_000n }),
      await signTx({ nonce: nonce++, to: to("count"), gas: 100_000n }),
    ];
    const { blockHash } = await chain.mine(raws);
    const slot: Hex = `0x${wordOf(0)}`;
    const seen = async (txIndex: number | undefined) => {
      const request = { to: to("count") };
      const options = { tracer: "prestateTracer" };
      const args = { request, block: blockHash, txIndex, call: {}, options, limits: LIMITS };
      const pre = (await traceCall(execution, args)) as Record<
        Address,
        { storage: Record<Hex, Hex> }
      >;
      return BigInt(pre[to("count")]?.storage[slot] ?? 0);
    };
    const before = await seen(1);
    expect([
      await seen(2),
      await seen(3).catch((error) => error.code),
      await seen(undefined),
    ]).toEqual([before + 1n, "ENGINE_NOT_TRACEABLE", before + 2n]);
  });

  test("a REVERT of more memory than there is gas for runs out of gas, without memory", async () => {
    for (const code of ["0x63ffffffff5ffd", `0x7f${"ff".repeat(32)}5ffd`, "0x5ffd"]) {
      const stateOverrides = { [SOMEBODY]: { code: fromHex(code) } };
      const top = (await call(
        { to: SOMEBODY },
        { tracer: "callTracer" },
        { stateOverrides },
      )) as Frame;
      expect(top.error).toMatch(/^(out of gas|gas uint64 overflow|stack underflow \(1 <=> 2\))$/);
    }
  });

  test("nobody listens to an EVM that others use, whatever became of the trace", async () => {
    const receipt = await mineCall("count");
    await frames(receipt);
    await expect(
      traceBlock(execution, {
        block: receipt.blockHash,
        options: {},
        limits: { ...LIMITS, maxBytes: 300 },
      }),
    ).rejects.toMatchObject({ code: "ENGINE_TRACE_TOO_LARGE" });
    const header = await chain.engine.getHeader("latest");
    const block = execution.blockAt({ hash: header?.parentHash as Hex });
    const parent = execution.headerAt({ hash: block?.header.parentHash as Hex });
    if (!block || !parent) throw new Error("no block");
    const run = await execution.rules.begin(
      execution.stores,
      parent,
      execution.rules.inputOf(block),
    );
    const { events } = run.machine.evm;
    expect(events.eventNames().flatMap((name) => events.listeners(name))).toEqual([]);
  });

  test("traces end at their deadline; tracers and blocks that do not exist are refused", async () => {
    const slow = { timeoutMs: 1, maxBytes: 10_000_000 };
    const receipt = await mineCall("loop", "0x", 3_000_000n);
    const args = { block: receipt.blockHash, options: {}, limits: slow };
    await expect(traceBlock(execution, args)).rejects.toMatchObject({
      code: "ENGINE_CALL_TIMEOUT",
    });
    await expect(
      frames({ ...receipt, blockHash: toHex(new Uint8Array(32)) }),
    ).rejects.toMatchObject({
      code: "ENGINE_NOT_TRACEABLE",
    });
    for (const options of [
      { tracer: "noSuchTracer" },
      { tracer: "callTracer", tracerConfig: { withLog: 1 } },
      { tracer: "prestateTracer", tracerConfig: { diffMode: true, includeEmpty: true } },
      { tracer: "muxTracer", tracerConfig: { muxTracer: {} } },
    ]) {
      await expect(trace(receipt, options)).rejects.toMatchObject({
        code: "ENGINE_TRACER_INVALID",
      });
    }
  });
});
