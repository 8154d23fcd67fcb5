import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Address, Hash } from "../../../../src/util/hex.js";
import { accounts, addressOf, signTx } from "../../../helpers/engineChain.js";
import { CODE, creationCode } from "../../../helpers/evmCode.js";
import { GatewayHarness, RECIPIENT } from "../../../helpers/gatewayHarness.js";

interface Page {
  txs: { hash: Hash; blockNumber: string }[];
  receipts: { transactionHash: Hash; timestamp: string }[];
  firstPage: boolean;
  lastPage: boolean;
}

const SENDER = addressOf(accounts[0]);

describe("ots methods", () => {
  let harness: GatewayHarness;
  /** A contract that makes another one that destroys itself, called with 3 wei. */
  let inner: { maker: Address; hash: Hash };

  beforeAll(async () => {
    harness = await GatewayHarness.open();
    const { chain } = harness.seeded;
    const init = creationCode(CODE.createAndDestroy);
    const reverting = creationCode(CODE.revert);
    const made = await chain.receipts([
      await signTx({ nonce: 3, data: init, gas: 300_000n }),
      await signTx({ nonce: 4, data: reverting, gas: 300_000n }),
    ]);
    const maker = made[1]?.contractAddress as Address;
    const called = await chain.receipts([
      await signTx({ nonce: 5, to: maker, value: 3n, gas: 300_000n }),
      await signTx({ nonce: 6, to: made[2]?.contractAddress as Address, gas: 300_000n }),
    ]);
    inner = { maker, hash: called[1]?.transactionHash as Hash };
    for (let nonce = 7; nonce < 10; nonce++) {
      await chain.mine([await signTx({ nonce, to: RECIPIENT, value: 1n })]);
    }
  });
  afterAll(() => harness.close());

  const result = async (method: string, ...params: unknown[]) => {
    const answer = await harness.rpc(method, params);
    if (answer.error) throw new Error(JSON.stringify(answer.error));
    return answer.result;
  };

  test("the level, and who has code", async () => {
    expect(await result("ots_getApiLevel")).toBe(8);
    const { contract } = harness.seeded;
    expect(await result("ots_hasCode", contract, "latest")).toBe(true);
    expect(await result("ots_hasCode", contract, 1)).toBe(false);
    expect(await result("ots_hasCode", SENDER, "0x3")).toBe(false);
    expect(await result("erigon_getHeaderByNumber", 1)).toMatchObject({ number: "0x1" });
  });

  test("details of a block by number and by hash: fees, and the number of transactions", async () => {
    const { depositBlock } = harness.seeded;
    const details = (await result("ots_getBlockDetails", 1)) as {
      block: Record<string, unknown>;
      totalFees: string;
    };
    expect(details.block).toMatchObject({ transactionCount: 3, logsBloom: null });
    expect(details.block).not.toHaveProperty("transactions");
    expect(BigInt(details.totalFees)).toBeGreaterThan(0n);
    expect(await result("ots_getBlockDetailsByHash", depositBlock)).toEqual(details);
    expect(await result("ots_getBlockDetails", 999)).toBeNull();
  });

  test("pages of a block's transactions begin with the last ones", async () => {
    const { depositHash, transferHash } = harness.seeded;
    const page = async (number: number) =>
      (await result("ots_getBlockTransactions", 1, number, 2)) as {
        fullblock: { transactions: { hash: Hash; input: string }[]; transactionCount: number };
        receipts: { logs: null }[];
      };
    const last = await page(0);
    expect(last.fullblock.transactions.map(({ hash }) => hash)).toEqual([
      depositHash,
      transferHash,
    ]);
    expect(last.receipts).toMatchObject([{ logs: null }, { logs: null }]);
    const first = await page(1);
    expect(first.fullblock.transactions).toHaveLength(1);
    expect(first.fullblock.transactions[0]?.input).toHaveLength(10);
    expect((await page(2)).fullblock).toMatchObject({ transactions: [], transactionCount: 3 });
  });

  test("what happens inside a transaction", async () => {
    expect(await result("ots_getInternalOperations", inner.hash)).toMatchObject([
      { type: 2, from: inner.maker, value: "0x3" },
      { type: 1, value: "0x3" },
    ]);
    expect(await result("ots_traceTransaction", inner.hash)).toMatchObject([
      { type: "CALL", depth: 0, to: inner.maker, value: "0x3" },
      { type: "CREATE", depth: 1, from: inner.maker },
      { type: "SELFDESTRUCT", depth: 2 },
    ]);
  });

  test("data of a revert; nothing for what succeeded", async () => {
    const hash = await result("ots_getTransactionBySenderAndNonce", SENDER, 6);
    expect(await result("ots_getTransactionError", hash)).toBe(`0x${"00".repeat(32)}`);
    expect(await result("ots_getTransactionError", inner.hash)).toBe("0x");
  });

  test("a transaction by sender and nonce, also a deposit", async () => {
    const { transferHash, depositHash } = harness.seeded;
    expect(await result("ots_getTransactionBySenderAndNonce", SENDER, "0x0")).toBe(transferHash);
    expect(await result("ots_getTransactionBySenderAndNonce", SENDER, 99)).toBeNull();
    const depositor = `0x${"de".repeat(20)}`;
    expect(await result("ots_getTransactionBySenderAndNonce", depositor, 0)).toBe(depositHash);
  });

  test("who made a contract", async () => {
    const { contract, logReceipt } = harness.seeded;
    const found = (await result("ots_getContractCreator", contract)) as { hash: Hash };
    expect(found).toMatchObject({ creator: SENDER });
    expect(found.hash).not.toBe(logReceipt.transactionHash);
    expect(await result("ots_getContractCreator", SENDER)).toBeNull();
    const predeploy = "0x4200000000000000000000000000000000000015";
    expect(await result("ots_getContractCreator", predeploy)).toBeNull();
  });

  test("transactions of an address in pages, both ways, are the same ones", async () => {
    const below = async (number: number, size: number) =>
      (await result("ots_searchTransactionsBefore", SENDER, number, size)) as Page;
    const all = await below(0, 100);
    expect(all).toMatchObject({ firstPage: true, lastPage: true });
    expect(all.txs).toHaveLength(10);
    expect(all.receipts.map((receipt) => receipt.transactionHash)).toEqual(
      all.txs.map(({ hash }) => hash),
    );
    const down: Hash[] = [];
    for (let at = 0; ; ) {
      const page = await below(at, 2);
      down.push(...page.txs.map(({ hash }) => hash));
      if (page.lastPage) break;
      at = Number(page.txs.at(-1)?.blockNumber);
    }
    expect(down).toEqual(all.txs.map(({ hash }) => hash));
    const up: Hash[] = [];
    for (let at = 0; ; ) {
      const page = (await result("ots_searchTransactionsAfter", SENDER, at, 2)) as Page;
      up.unshift(...page.txs.map(({ hash }) => hash));
      expect(page.lastPage).toBe(at === 0);
      if (page.firstPage) break;
      at = Number(page.txs[0]?.blockNumber);
    }
    expect(up).toEqual(down);
  });

  test("an address is found as recipient, as a new contract, and as one that logs; unknown ones are not", async () => {
    const { contract, logReceipt, depositHash } = harness.seeded;
    const hashes = async (address: Address) =>
      ((await result("ots_searchTransactionsBefore", address, 0, 100)) as Page).txs.map(
        ({ hash }) => hash,
      );
    expect(await hashes(RECIPIENT)).toContain(depositHash);
    expect(await hashes(contract)).toHaveLength(2);
    expect(await hashes(contract)).toContain(logReceipt.transactionHash);
    expect(await hashes(`0x${"99".repeat(20)}`)).toEqual([]);
  });

  test("transactions of abandoned blocks are not found", async () => {
    const { chain } = harness.seeded;
    const head = await chain.engine.getHeader("latest");
    const { transactions } = await chain.mine([
      await signTx({ nonce: 10, to: RECIPIENT, value: 2n }),
    ]);
    expect(transactions).toHaveLength(2);
    const count = async () =>
      ((await result("ots_searchTransactionsBefore", SENDER, 0, 100)) as Page).txs.length;
    const before = await count();
    await chain.setHead(head?.hash as Hash);
    expect(await count()).toBe(before - 1);
  });

  test("pages have a size", async () => {
    for (const size of [0, 101, -1, 1.5, "x"]) {
      const answer = await harness.rpc("ots_searchTransactionsBefore", [SENDER, 0, size]);
      expect(answer.error?.code).toBe(-32602);
    }
  });
});
