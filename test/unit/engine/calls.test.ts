import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { CallRequest } from "../../../src/engine/types.js";
import { type Address, fromHex, toHex } from "../../../src/util/hex.js";
import { accounts, addressOf, EngineChain, signTx } from "../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../helpers/evmCode.js";

const RICH = addressOf(accounts[0]);
const POOR: Address = "0x00000000000000000000000000000000000b00f0";
const GWEI = 10n ** 9n;

describe("calls", () => {
  let chain: EngineChain;
  const at: Record<string, Address> = {};

  beforeAll(async () => {
    chain = await EngineChain.open({ callTimeoutMs: 60_000 });
    let nonce = 0;
    for (const [name, code] of Object.entries(CODE)) {
      const raw = await signTx({ nonce: nonce++, data: creationCode(code), gas: 300_000n });
      const [, receipt] = await chain.receipts([raw]);
      at[name] = receipt?.contractAddress as Address;
    }
  });
  afterAll(() => chain.engine.close());

  const call = (request: CallRequest, options = {}) =>
    chain.engine.call(request, "latest", options);
  const to = (name: keyof typeof CODE): Address => at[name] as Address;

  test("a call changes nothing, gives data, gas and logs, and needs no sender", async () => {
    const result = await call({ to: to("log"), data: fromHex(words(7, 8)) });
    expect(result.failure).toBeNull();
    expect(result.logs[0]?.topics).toEqual([words(7), words(8)]);
    expect(result.gasUsed).toBeGreaterThan(21_000n);
    await call({ to: to("count") });
    expect(await chain.engine.getStorageAt(to("count"), words(0), "latest")).toBe(words(0));
  });

  test("a revert carries its data, another failure its name", async () => {
    const reverted = await call({ to: to("revert"), data: fromHex(words(99)) });
    expect(reverted.failure?.kind).toBe("revert");
    expect(toHex(reverted.returnData)).toBe(words(99));
    const empty = await call({ to: to("loop"), gas: 100_000n });
    expect(empty.failure).toEqual({ kind: "exception", reason: "out of gas" });
  });

  test("value above the balance, a fee below the base fee, two kinds of price, too little gas: invalid", async () => {
    const invalid = { code: "ENGINE_CALL_INVALID" };
    await expect(call({ from: POOR, to: RICH, value: 1n })).rejects.toMatchObject(invalid);
    await expect(call({ from: RICH, to: RICH, maxFeePerGas: 1n })).rejects.toMatchObject(invalid);
    await expect(
      call({ from: RICH, to: RICH, gasPrice: GWEI, maxFeePerGas: GWEI }),
    ).rejects.toMatchObject(invalid);
    await expect(
      call({ from: RICH, to: RICH, maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: 10n * GWEI }),
    ).rejects.toMatchObject(invalid);
    await expect(
      call({ from: POOR, to: RICH, gas: 30_000n, gasPrice: 9n * GWEI }),
    ).rejects.toMatchObject(invalid);
    await expect(call({ to: RICH, gas: 20_999n })).rejects.toMatchObject(invalid);
  });

  test("BALANCE inside sees the price of the gas taken, but no L1 fee", async () => {
    const before = await chain.engine.getBalance(RICH, "latest");
    const price = 3n * GWEI;
    const result = await call({
      from: RICH,
      to: to("originBalance"),
      gas: 100_000n,
      gasPrice: price,
    });
    expect(BigInt(toHex(result.returnData))).toBe(before - 100_000n * price);
  });

  test("overrides of state and block are seen by the call only", async () => {
    const { returnData } = await call(
      { from: POOR, to: POOR, data: fromHex(words(1)) },
      // NUMBER, TIMESTAMP, SLOAD 5 and own balance as four words.
      {
        stateOverrides: {
          [POOR]: {
            balance: 77n,
            code: fromHex("0x4360005242602052600554604052476060526080 6000f3".replace(" ", "")),
            stateDiff: { [words(5)]: words(55) },
          },
        },
        blockOverrides: { number: 1_000n, time: 2_000n },
      },
    );
    expect(toHex(returnData)).toBe(words(1_000, 2_000, 55, 77));
    expect(await chain.engine.getBalance(POOR, "latest")).toBe(0n);
  });

  test("a full replacement of the storage hides what was there", async () => {
    await chain.mine([
      await signTx({ nonce: Object.keys(CODE).length, to: to("count"), gas: 100_000n }),
    ]);
    const sload = fromHex("0x60005460005260206000f3");
    const seen = async (state?: Record<`0x${string}`, `0x${string}`>) => {
      const override = { code: sload, ...(state ? { state } : {}) };
      const { returnData } = await call(
        { to: to("count") },
        { stateOverrides: { [to("count")]: override } },
      );
      return toHex(returnData);
    };
    expect(await seen()).toBe(words(1));
    expect(await seen({})).toBe(words(0));
  });

  test("a call that runs for long is stopped, and others are answered meanwhile", async () => {
    const slow = await EngineChain.open({ callTimeoutMs: 700 });
    const stateOverrides = { [POOR]: { code: fromHex(CODE.loop as `0x${string}`) } };
    let outcome = "running";
    const done = slow.engine.call({ to: POOR }, "latest", { stateOverrides }).catch((error) => {
      outcome = error.code;
    });
    for (let answers = 0; answers < 3; answers++) {
      expect((await slow.engine.call({ to: RICH }, "latest")).failure).toBeNull();
    }
    expect(outcome).toBe("running");
    await done;
    expect(outcome).toBe("ENGINE_CALL_TIMEOUT");
    await slow.engine.close();
  });

  test("the estimate is the smallest gas limit that succeeds", async () => {
    const requests: CallRequest[] = [
      { from: RICH, to: POOR, value: 1n },
      { from: RICH, to: to("count") },
      { from: RICH, to: to("callAndStore"), data: fromHex(words(BigInt(to("count")), 5)) },
      { from: RICH, data: fromHex(creationCode(CODE.count)) },
      { to: to("log"), data: fromHex(words(1, 2)) },
    ];
    for (const request of requests) {
      const gas = await chain.engine.estimateGas(request, "latest");
      expect((await call({ ...request, gas })).failure).toBeNull();
      const less = await call({ ...request, gas: gas - 1n }).catch(() => ({ failure: "invalid" }));
      expect(less.failure).not.toBeNull();
    }
    expect(await chain.engine.estimateGas(requests[0] as CallRequest, "latest")).toBe(21_000n);
  });

  test("an estimate of what fails has the failure in its data, and never exceeds 2^24", async () => {
    const failing = chain.engine.estimateGas(
      { to: to("revert"), data: fromHex(words(3)) },
      "latest",
    );
    await expect(failing).rejects.toMatchObject({
      code: "ENGINE_CALL_FAILED",
      data: { result: { failure: { kind: "revert" }, returnData: fromHex(words(3)) } },
    });
    const poor = chain.engine.estimateGas({ from: RICH, to: to("count"), gas: 21_500n }, "latest");
    await expect(poor).rejects.toMatchObject({ code: "ENGINE_CALL_FAILED" });
  });

  test("an access list names what the call touches, and saves gas where it should", async () => {
    const request = {
      from: RICH,
      to: to("callAndStore"),
      data: fromHex(words(BigInt(to("count")), 5)),
    };
    const { accessList, failure } = await chain.engine.createAccessList(request, "latest");
    expect(failure).toBeNull();
    expect(accessList).toContainEqual({ address: to("count"), storageKeys: [words(0)] });
    expect(accessList).toContainEqual({
      address: to("callAndStore"),
      storageKeys: [words(1), words(2)],
    });
    expect(accessList.map(({ address }) => address)).not.toContain(RICH);
  });
});
