import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { decodeUnsigned, knownSender } from "../../../src/engine/envelope.js";
import { recoverPacked } from "../../../src/engine/recoverAddress.js";
import { SenderQueue } from "../../../src/engine/senderQueue.js";
import { EngineThreads } from "../../../src/engine/workers/engineThreads.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import type { Hash } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { accounts, addressOf, signTx, testRollup } from "../../helpers/engineChain.js";

const THREAD = new URL("../../helpers/engineThread.mjs", import.meta.url);
let threads: EngineThreads;
beforeAll(async () => {
  const rules = { kind: "l2", chain: testRollup().chain } as const;
  const setup = { rules, callTimeoutMs: 1_000 };
  threads = new EngineThreads({ threads: 1, url: THREAD }, setup, new MemoryStore());
  // One that still loads is not waited for by the queue.
  while (!threads.isIdle) await new Promise((resolve) => setTimeout(resolve, 20));
}, 60_000);
afterAll(() => threads.close());

let nonce = 0;
/** A transaction that nobody has seen before. */
async function fresh(from = 0): Promise<{ hash: Hash; question: Uint8Array }> {
  const raw = await signTx({ from, nonce: nonce++, to: addressOf(accounts[1]) });
  const hash = keccakHex(raw);
  return { hash, question: decodeUnsigned(raw, hash).question() as Uint8Array };
}

const many = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => fresh(i % 2)));

test("another thread finds the senders of a group, and then they are known", async () => {
  const groups: number[] = [];
  const queue = new SenderQueue((packed) => {
    groups.push(packed.length / 97);
    return threads.run("recoverSenders", { packed });
  });
  const txs = await many(20);
  await Promise.all(txs.map(({ hash, question }) => queue.find(hash, question)));
  expect(groups).toEqual([20]);
  for (const [i, { hash }] of txs.entries()) {
    expect(knownSender(hash)).toBe(addressOf(accounts[(i % 2) as 0 | 1]));
  }
});

test("few are left to who asks, and so are all while no thread is free or it fails", async () => {
  let asked = 0;
  const never = new SenderQueue(() => {
    asked++;
    return undefined;
  });
  const failing = new SenderQueue(async () => {
    throw new Error("the thread ended");
  });
  for (const queue of [never, failing]) {
    for (const count of [3, 20]) {
      const txs = await many(count);
      await Promise.all(txs.map(({ hash, question }) => queue.find(hash, question)));
      for (const { hash } of txs) expect(knownSender(hash)).toBeUndefined();
    }
  }
  expect(asked).toBe(1);
});

test("answers come in the order of the questions, also when a later group is done sooner", async () => {
  const done: number[] = [];
  let finish: (() => void) | undefined;
  const queue = new SenderQueue((packed) => {
    const answer = new Uint8Array((packed.length / 97) * 20);
    if (finish) return Promise.resolve(answer);
    return new Promise((resolve) => {
      finish = () => resolve(answer);
    });
  });
  const ask = async (count: number, mark: number) => {
    const txs = await many(count);
    return Promise.all(
      txs.map(async ({ hash, question }) => {
        await queue.find(hash, question);
        done.push(mark);
      }),
    );
  };
  const first = ask(10, 1);
  while (!finish) await new Promise((resolve) => setImmediate(resolve));
  const second = ask(10, 2);
  const third = ask(1, 3);
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual([]);
  finish();
  await Promise.all([first, second, third]);
  expect(done.slice(0, 10)).toEqual(new Array(10).fill(1));
  expect(new Set(done.slice(10))).toEqual(new Set([2, 3]));
});

test("a signature that nobody can have made has no sender, and a wrong one is not kept", async () => {
  const zero = recoverPacked(new Uint8Array(97));
  expect(zero).toBeUndefined();
  const answer = await threads.run("recoverSenders", { packed: new Uint8Array(97 * 2) });
  expect(answer).toEqual(new Uint8Array(40));
  const queue = new SenderQueue((packed) => threads.run("recoverSenders", { packed }));
  const txs = await many(8);
  await Promise.all(txs.map(({ hash }) => queue.find(hash, new Uint8Array(97))));
  for (const { hash } of txs) expect(knownSender(hash)).toBeUndefined();
});
