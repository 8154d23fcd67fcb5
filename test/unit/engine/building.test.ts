import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { computeGenesis } from "../../../src/engine/index.js";
import { PREDEPLOYS } from "../../../src/protocol/index.js";
import {
  accounts,
  addressOf,
  depositTx,
  EngineChain,
  signTx,
  testRollup,
} from "../../helpers/engineChain.js";

const RECIPIENT = "0x00000000000000000000000000000000000000aa";

describe("EmbeddedEngine: building", () => {
  let chain: EngineChain;
  beforeEach(async () => {
    chain = await EngineChain.open();
  });
  afterEach(() => chain.engine.close());

  test("the genesis is that of computeGenesis and the same each time", async () => {
    const first = await computeGenesis(testRollup());
    const second = await computeGenesis(testRollup());
    expect(first.hash).toBe(second.hash);
    expect(first.outputRoot).toBe(second.outputRoot);
    expect(chain.engine.genesisHash).toBe(first.hash);
    expect((await chain.engine.getHeader(0n))?.hash).toBe(first.hash);
  });

  test("a block with a transfer and a deposit moves what it should and pays the vaults", async () => {
    const { engine } = chain;
    const sender = addressOf(accounts[0]);
    const before = await engine.getBalance(sender, "latest");
    const raw = await signTx({ nonce: 0, to: RECIPIENT, value: 5n });
    const deposit = depositTx({ mint: 7n, value: 3n, to: RECIPIENT });
    const payload = await chain.mine([deposit, raw]);
    const receipts = (await engine.getReceipts(payload.blockHash)) ?? [];
    expect(receipts.map(({ status }) => status)).toEqual([1, 1, 1]);
    expect(await engine.getBalance(RECIPIENT, "latest")).toBe(8n);
    const receipt = receipts[2];
    const fee = 21_000n * (receipt?.effectiveGasPrice ?? 0n) + (receipt?.l1?.fee ?? 0n);
    expect(receipt?.l1?.fee).toBeGreaterThan(0n);
    expect(before - (await engine.getBalance(sender, "latest"))).toBe(5n + fee);
    const { baseFeePerGas } = payload;
    expect(await engine.getBalance(PREDEPLOYS.baseFeeVault, "latest")).toBe(
      21_000n * baseFeePerGas,
    );
    expect(await engine.getBalance(PREDEPLOYS.sequencerFeeVault, "latest")).toBe(
      21_000n * ((receipt?.effectiveGasPrice ?? 0n) - baseFeePerGas),
    );
    expect(await engine.getBalance(PREDEPLOYS.l1FeeVault, "latest")).toBe(receipt?.l1?.fee);
  });

  test("another engine accepts the payload by executing it, and answers the second time at once", async () => {
    const payload = await chain.build([await signTx({ nonce: 0, to: RECIPIENT, value: 1n })]);
    const other = await EngineChain.open();
    expect(await other.engine.newPayload(payload)).toMatchObject({ status: "VALID" });
    expect(await other.engine.newPayload(payload)).toMatchObject({ status: "VALID" });
    await other.setHead(payload.blockHash);
    expect(await other.engine.getBalance(RECIPIENT, "latest")).toBe(1n);
    await other.engine.close();
  });

  test("transactions of the pool follow the forced ones", async () => {
    const { engine } = chain;
    const second = await signTx({ nonce: 1, to: RECIPIENT, value: 2n });
    const first = await signTx({ nonce: 0, to: RECIPIENT, value: 1n });
    await engine.pool.add(second);
    await engine.pool.add(first);
    const payload = await chain.mine([], { noTxPool: false });
    expect(payload.transactions.slice(1)).toEqual([first, second]);
    expect(engine.pool.status()).toEqual({ pending: 0, queued: 0 });
  });
});
