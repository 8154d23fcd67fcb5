import { verifyMerkleProof } from "@ethereumjs/mpt";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FoundLog, LogFilter } from "../../../src/engine/types.js";
import { PREDEPLOYS } from "../../../src/protocol/index.js";
import { type Address, fromHex, type Hash, toHex } from "../../../src/util/hex.js";
import { keccak256, keccakHex } from "../../../src/util/keccak.js";
import { accounts, addressOf, EngineChain, signTx } from "../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../helpers/evmCode.js";

const BLOCKS = 90;

describe("queries", () => {
  let chain: EngineChain;
  const loggers: Address[] = [];
  let store: Address;
  let allLogs: FoundLog[];

  beforeAll(async () => {
    chain = await EngineChain.open();
    let nonce = 0;
    for (const code of [CODE.log, CODE.log, CODE.store]) {
      const raw = await signTx({ nonce: nonce++, data: creationCode(code), gas: 300_000n });
      const [, receipt] = await chain.receipts([raw]);
      loggers.push(receipt?.contractAddress as Address);
    }
    store = loggers.pop() as Address;
    for (let i = 0; i < BLOCKS; i++) {
      const txs = [];
      for (let j = 0; j < (i % 7 === 0 ? 3 : i % 3); j++) {
        const to = loggers[(i + j) % 2] as Address;
        txs.push(await signTx({ nonce: nonce++, to, data: words(i % 5, j), gas: 100_000n }));
      }
      txs.push(
        await signTx({ nonce: nonce++, to: store, data: words(i % 4, i % 6), gas: 100_000n }),
      );
      await chain.mine(txs);
    }
    allLogs = [];
    const head = (await chain.engine.getHeader("latest"))?.number ?? 0n;
    for (let n = 0n; n <= head; n++) {
      const hash = (await chain.engine.getHeader(n))?.hash ?? "0x";
      allLogs.push(...((await chain.engine.getLogsOfBlock(hash)) ?? []));
    }
  });
  afterAll(() => chain.engine.close());

  test("getLogs answers what a scan of all blocks finds, whatever the filter", async () => {
    expect(allLogs.length).toBeGreaterThan(80);
    const naive = (filter: LogFilter): FoundLog[] =>
      allLogs.filter(
        (log) =>
          log.blockNumber >= filter.fromBlock &&
          log.blockNumber <= filter.toBlock &&
          (filter.addresses.length === 0 || filter.addresses.includes(log.address)) &&
          filter.topics.length <= log.topics.length &&
          filter.topics.every(
            (want, i) => want.length === 0 || want.includes(log.topics[i] as Hash),
          ),
      );
    const topic = fc.nat(5).map((n) => words(n));
    const address = fc.constantFrom(...loggers, store);
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(0n, 120n),
        fc.bigInt(0n, 120n),
        fc.array(address, { maxLength: 2 }),
        fc.array(fc.array(topic, { maxLength: 2 }), { maxLength: 3 }),
        async (fromBlock, toBlock, addresses, topics) => {
          const filter = { fromBlock, toBlock, addresses, topics };
          expect(await chain.engine.getLogs(filter, 10_000)).toEqual(naive(filter));
          expect(await chain.engine.getLogs(filter, 5)).toEqual(naive(filter).slice(0, 5));
        },
      ),
      { numRuns: 150, seed: 5 },
    );
  });

  test("the receipts' log indexes and blooms agree with the logs", async () => {
    const log = allLogs.at(-1) as FoundLog;
    const receipt = await chain.engine.getReceipt(log.transactionHash);
    expect(receipt?.logs[log.logIndex - (receipt?.firstLogIndex ?? 0)]?.topics).toEqual(log.topics);
    expect(receipt?.logsBloom.some((byte) => byte !== 0)).toBe(true);
    const found = await chain.engine.getTransaction(log.transactionHash);
    expect(found).toMatchObject({ index: log.transactionIndex, from: addressOf(accounts[0]) });
    expect(keccakHex(found?.raw ?? new Uint8Array())).toBe(log.transactionHash);
  });

  test("proofs of accounts and slots, present and absent, verify at any block", async () => {
    const absent: Address = "0x00000000000000000000000000000000deadbeef";
    for (const number of [0n, 4n, 50n, 93n]) {
      const header = await chain.engine.getHeader(number);
      for (const address of [addressOf(accounts[0]), store, absent, PREDEPLOYS.l1Block] as const) {
        const slots = [words(0), words(1), words(77)];
        const proof = await chain.engine.getProof(address, slots, number);
        const leaf = await verifyMerkleProof(keccak256(fromHex(address)), proof.accountProof);
        expect(toHex(keccak256(proof.accountProof[0] as Uint8Array))).toBe(header?.stateRoot);
        expect(leaf === null).toBe(proof.balance === 0n && proof.nonce === 0n);
        for (const { key, value, proof: nodes } of proof.storageProof) {
          expect(await chain.engine.getStorageAt(address, key, number)).toBe(words(value));
          if (nodes.length === 0) expect(value).toBe(0n);
          else {
            const found = await verifyMerkleProof(keccak256(fromHex(key)), nodes);
            expect(found === null).toBe(value === 0n);
            expect(toHex(keccak256(nodes[0] as Uint8Array))).toBe(proof.storageHash);
          }
        }
      }
    }
  });

  test("old states stay readable, unknown blocks have their code", async () => {
    const address = addressOf(accounts[0]);
    expect(await chain.engine.getNonce(address, 0n)).toBe(0n);
    expect(await chain.engine.getNonce(address, 1n)).toBe(1n);
    await expect(chain.engine.getNonce(address, 10_000n)).rejects.toMatchObject({
      code: "ENGINE_UNKNOWN_BLOCK",
    });
  });

  test("the suggested tip lies between the floor and what blocks paid", async () => {
    expect(await chain.engine.suggestTip()).toBe(1_000_000_000n);
    const fresh = await EngineChain.open();
    expect(await fresh.engine.suggestTip()).toBe(1_000_000n);
    await fresh.engine.close();
  });
});
