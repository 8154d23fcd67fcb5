import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { BlockHeader, CallOptions, CallRequest } from "../../../../src/engine/types.js";
import { EngineThreads } from "../../../../src/engine/workers/engineThreads.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Address, fromHex, toHex } from "../../../../src/util/hex.js";
import { accounts, addressOf, EngineChain, signTx } from "../../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../../helpers/evmCode.js";

const THREAD = new URL("../../../helpers/engineThread.mjs", import.meta.url);
const RICH = addressOf(accounts[0]);

describe("calls in threads", () => {
  let chain: EngineChain;
  let head: BlockHeader;
  const store = new MemoryStore();
  const at: Record<string, Address> = {};
  const open: EngineThreads[] = [];

  beforeAll(async () => {
    chain = await EngineChain.open({ store, callTimeoutMs: 60_000 });
    let nonce = 0;
    for (const [name, code] of Object.entries(CODE)) {
      const raw = await signTx({ nonce: nonce++, data: creationCode(code), gas: 300_000n });
      const [, receipt] = await chain.receipts([raw]);
      at[name] = receipt?.contractAddress as Address;
    }
    head = (await chain.engine.getHeader("latest")) as BlockHeader;
  });
  afterEach(async () => {
    for (const threads of open.splice(0)) await threads.close();
  });
  afterAll(() => chain.engine.close());

  function start({ callTimeoutMs = 60_000, count = 1, url = THREAD } = {}) {
    const rules = { kind: "l2", chain: chain.rollup.chain } as const;
    const threads = new EngineThreads({ threads: count, url }, { rules, callTimeoutMs }, store);
    open.push(threads);
    const calls = {
      call: (request: CallRequest, { hash: block }: BlockHeader, options: CallOptions = {}) =>
        threads.run("call", { request, block, options }),
      estimateGas: (request: CallRequest, { hash: block }: BlockHeader) =>
        threads.run("estimateGas", { request, block, options: {} }),
      createAccessList: (request: CallRequest, { hash: block }: BlockHeader) =>
        threads.run("createAccessList", { request, block }),
    };
    return { threads, calls };
  }

  test("calls, estimates and access lists are those of the engine's own thread", async () => {
    const { calls } = start();
    const requests: CallRequest[] = [
      { to: at.log as Address, data: fromHex(words(7, 8)) },
      { to: at.revert as Address, data: fromHex(words(99)) },
      { to: at.loop as Address, gas: 100_000n },
      { to: at.store as Address, data: fromHex(words(1, 2)), from: RICH },
      { from: RICH, to: RICH, value: 5n },
    ];
    for (const request of requests) {
      expect(await calls.call(request, head)).toEqual(await chain.engine.call(request, "latest"));
      expect(await calls.createAccessList(request, head)).toEqual(
        await chain.engine.createAccessList(request, "latest"),
      );
    }
    const count = { to: at.count as Address };
    const estimate = await chain.engine.estimateGas(count, "latest");
    expect(await calls.estimateGas(count, head)).toBe(estimate);
    const options = { stateOverrides: { [at.count as Address]: { code: fromHex(CODE.store) } } };
    const data = fromHex(words(1, 2));
    expect(await calls.call({ ...count, data }, head, options)).toEqual(
      await chain.engine.call({ ...count, data }, "latest", options),
    );
  });

  test("errors keep code and data, those of a failed estimate too", async () => {
    const { calls } = start();
    const poor = { from: at.log as Address, to: RICH, value: 1n };
    await expect(calls.call(poor, head)).rejects.toMatchObject({
      code: "ENGINE_CALL_INVALID",
      severity: "invalid",
      data: { reason: "insufficient funds for gas * price + value" },
    });
    const failing = { to: at.revert as Address, data: fromHex(words(99)) };
    const error = await calls.estimateGas(failing, head).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ENGINE_CALL_FAILED" });
    const { result } = (error as { data: { result: { returnData: Uint8Array } } }).data;
    expect(toHex(result.returnData)).toBe(words(99));
    const unknown = { ...head, hash: words(1) };
    await expect(calls.call({}, unknown)).rejects.toMatchObject({ code: "ENGINE_UNKNOWN_BLOCK" });
  });

  test("a call sees the block that it names, also one that came after the thread was made", async () => {
    const { calls } = start();
    const slot = { to: at.count as Address };
    const before = await calls.call(slot, head);
    await chain.receipts([
      await signTx({ nonce: Object.keys(CODE).length, to: at.count as Address, gas: 100_000n }),
    ]);
    const newest = (await chain.engine.getHeader("latest")) as BlockHeader;
    const after = await calls.call(slot, newest);
    // A counter that is not zero is cheaper to raise.
    expect(after.gasUsed).toBeLessThan(before.gasUsed);
    expect(await calls.call(slot, head)).toEqual(before);
  });

  test("endless calls end at their deadline, and short ones run beside them", async () => {
    const { calls } = start({ callTimeoutMs: 300 });
    await calls.call({ to: RICH }, head);
    const request = { to: at.loop as Address, gas: 50_000_000n };
    const endless = [1, 2, 3, 4].map(() => calls.call(request, head));
    const outcomes = Promise.allSettled(endless);
    expect((await calls.call({ to: RICH }, head)).failure).toBeNull();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { code: "ENGINE_CALL_TIMEOUT" } });
    }
  });

  test("a thread that does not give way is ended, what was behind it runs in another one", async () => {
    const hanging = new URL("../../../helpers/hangingThread.mjs", import.meta.url);
    const { threads } = start({ callTimeoutMs: 100, url: hanging });
    const [stuck, other] = [{ gas: 1n }, { gas: 2n }].map((request) =>
      threads.run("call", { request, block: head.hash, options: {} }),
    );
    await expect(stuck).rejects.toMatchObject({ code: "ENGINE_CALL_TIMEOUT" });
    await expect(other).rejects.toMatchObject({ code: "ENGINE_CALL_TIMEOUT" });
    expect(await threads.run("call", { request: { gas: 3n }, block: head.hash, options: {} })).toBe(
      3n,
    );
  });

  test("a thread that dies takes nobody with it but a task that kills every thread", async () => {
    const hanging = new URL("../../../helpers/hangingThread.mjs", import.meta.url);
    const { threads } = start({ url: hanging });
    const dying = threads.run("call", { request: { gas: 4n }, block: head.hash, options: {} });
    await expect(dying).rejects.toMatchObject({ code: "ENGINE_THREAD_ENDED" });
    expect(await threads.run("call", { request: { gas: 3n }, block: head.hash, options: {} })).toBe(
      3n,
    );
  });

  test("calls after the end are refused", async () => {
    const { threads, calls } = start();
    const running = calls.call({ to: at.loop as Address, gas: 50_000_000n }, head);
    const ended = expect(running).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
    await threads.close();
    await ended;
    await expect(calls.call({ to: RICH }, head)).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
  });
});
