import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type TraceLimits, traceBlock } from "../../src/engine/tracing/traceBlock.js";
import type { TraceOptions } from "../../src/engine/tracing/types.js";
import type { Hash, Hex } from "../../src/util/hex.js";
import { toHex } from "../../src/util/hex.js";
import { startAnvil, type TestAnvil } from "../helpers/anvil.js";
import { EngineChain, signTx, type TxSpec } from "../helpers/engineChain.js";
import { CODE, creationCode, words } from "../helpers/evmCode.js";

const LIMITS: TraceLimits = { timeoutMs: 60_000, maxBytes: 10_000_000 };
const NAMES = Object.keys(CODE) as (keyof typeof CODE)[];
const CODE_TOO_DEAR = "contract creation code storage out of gas";
const CREATIONS = NAMES.length;

/** The same transactions, in the same order from the same account, on both chains. */
describe("traces compared with those of anvil", () => {
  let chain: EngineChain;
  let anvil: TestAnvil;
  const hashes = new Map<string, Hash>();
  const blocks = new Map<string, Hash>();
  let nonce = 0;

  async function send(name: string, spec: Omit<TxSpec, "nonce">): Promise<void> {
    const raw = await signTx({ ...spec, nonce: nonce++, maxFeePerGas: 100_000_000_000n });
    const [, receipt] = await chain.receipts([raw]);
    const hash = await anvil.client.sendRawTransaction({ serializedTransaction: toHex(raw) });
    await anvil.client.waitForTransactionReceipt({ hash });
    hashes.set(name, hash);
    blocks.set(name, receipt?.blockHash as Hash);
  }

  beforeAll(async () => {
    chain = await EngineChain.open({ callTimeoutMs: 60_000 });
    anvil = await startAnvil({ chainId: 901, args: ["--hardfork", "osaka", "--steps-tracing"] });
    const at: Record<string, Hex> = {};
    for (const name of NAMES) {
      await send(`create ${name}`, { data: creationCode(CODE[name]), gas: 300_000n });
      const hash = hashes.get(`create ${name}`) as Hash;
      at[name] = (await chain.engine.getReceipt(hash))?.contractAddress as Hex;
    }
    const to = (name: keyof typeof CODE) => at[name] as Hex;
    const wordOf = (name: keyof typeof CODE) => BigInt(to(name));
    const gas = 300_000n;
    await send("transfer", { to: `0x${"5b".repeat(20)}`, value: 7n });
    await send("store", { to: to("store"), data: words(1, 2), gas });
    await send("clear", { to: to("store"), data: words(1, 0), gas });
    await send("log", { to: to("log"), data: words(7, 8), gas });
    await send("revert", { to: to("revert"), data: words(9), gas });
    await send("count", { to: to("count"), gas });
    await send("call that logs", { to: to("callAndStore"), data: words(wordOf("log"), 3), gas });
    await send("call that fails", {
      to: to("callAndStore"),
      data: words(wordOf("revert"), 3),
      gas,
    });
    await send("call that runs out", {
      to: to("callAndStore"),
      data: words(wordOf("loop"), 3),
      gas,
    });
    await send("create and destroy", { to: to("createAndDestroy"), value: 3n, gas });
    await send("out of gas", { to: to("loop"), gas: 23_000n });
    await send("code too dear", { data: "0x6160005ff3", gas: 100_000n });
  });
  afterAll(async () => {
    await chain.engine.close();
    await anvil.close();
  });

  const request = anvilRequest(() => anvil);
  async function ours(name: string, options: TraceOptions): Promise<unknown> {
    const execution = chain.engine.execution;
    if (!execution) throw new Error("no execution");
    const block = blocks.get(name) as Hash;
    const [trace] = await traceBlock(execution, { block, txIndex: 1, options, limits: LIMITS });
    return JSON.parse(JSON.stringify(trace?.result));
  }
  const theirs = (name: string, options: object): Promise<unknown> =>
    request("debug_traceTransaction", [hashes.get(name), options]);

  test("calls of every transaction", async () => {
    const options = { tracer: "callTracer", tracerConfig: { withLog: true } };
    expect(hashes.size).toBe(CREATIONS + 12);
    for (const name of hashes.keys()) {
      const [mine, other] = [await ours(name, options), await theirs(name, options)];
      // Anvil tells of the gas that is left when the transaction starts, geth of its limit; and it has fewer words for errors.
      if (name === "code too dear") (other as { error: string }).error = CODE_TOO_DEAR;
      for (const top of [mine, other]) delete (top as { gas?: Hex }).gas;
      expect([name, mine]).toEqual([name, other]);
    }
  });

  test("opcodes of every transaction in which none fails before it runs", async () => {
    for (const name of hashes.keys()) {
      // Anvil's words and costs for those are its own.
      if (name === "out of gas" || name === "call that runs out") continue;
      const [mine, other] = [await ours(name, {}), await theirs(name, {})];
      // Anvil adds a refund one opcode later than geth, and counts as the cost of a creation what it hands on, too.
      for (const { structLogs } of [mine, other] as { structLogs: Record<string, unknown>[] }[]) {
        for (const log of structLogs) {
          delete log.refund;
          if (log.op === "CREATE") delete log.gasCost;
        }
      }
      expect([name, mine]).toEqual([name, other]);
    }
  });

  test("selectors of every transaction", async () => {
    const options = { tracer: "4byteTracer" };
    for (const name of hashes.keys()) {
      expect([name, await ours(name, options)]).toEqual([name, await theirs(name, options)]);
    }
  });
});

function anvilRequest(anvil: () => TestAnvil) {
  return (method: string, params: unknown[]): Promise<unknown> =>
    anvil().client.request({ method, params } as never);
}
