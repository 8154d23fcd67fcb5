import { readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { TxPoolJournal } from "../../../src/engine/txPoolJournal.js";
import {
  addressOf,
  createPool,
  freshJournalPath,
  signTx,
  testAccount,
} from "../../helpers/poolHarness.js";

test("acknowledged transactions are there after a restart without closing", async () => {
  const journalPath = freshJournalPath();
  const first = createPool({ journalPath });
  await first.pool.open();
  const raws = [
    await signTx({ nonce: 0 }),
    await signTx({ nonce: 1 }),
    await signTx({ from: 1, nonce: 4 }),
  ];
  const hashes = await Promise.all(raws.map((raw) => first.pool.add(raw)));
  // The process dies here: nothing is closed.
  const second = createPool({ journalPath });
  await second.pool.open();
  for (const hash of hashes) expect(second.pool.get(hash)).toBeDefined();
  expect(second.pool.status()).toEqual({ pending: 2, queued: 1 });
  await second.pool.close();
  await first.pool.close();
});

test("included transactions do not come back, unless their block was lost", async () => {
  const journalPath = freshJournalPath();
  const first = createPool({ journalPath });
  await first.pool.open();
  await first.pool.add(await signTx({ nonce: 0 }));
  await first.pool.close();
  const second = createPool({ journalPath });
  second.view.nonces.set(addressOf(testAccount(0)), 1n);
  await second.pool.open();
  expect(second.pool.status()).toEqual({ pending: 0, queued: 0 });
  await second.pool.close();
  const third = createPool({ journalPath });
  await third.pool.open();
  expect(third.pool.status()).toEqual({ pending: 1, queued: 0 });
  await third.pool.close();
});

test("a record cut short at any byte loses only itself", async () => {
  const path = freshJournalPath();
  const { journal } = await TxPoolJournal.open(path, () => []);
  const kept = Uint8Array.of(1, 2, 3);
  await journal.append(kept);
  const whole = statSync(path).size;
  await journal.append(Uint8Array.of(4, 5, 6, 7));
  await journal.close();
  const bytes = readFileSync(path);
  for (let size = whole; size < bytes.length; size++) {
    writeFileSync(path, bytes.subarray(0, size));
    const reopened = await TxPoolJournal.open(path, () => []);
    expect(reopened.transactions).toEqual([kept]);
    await reopened.journal.append(Uint8Array.of(9));
    await reopened.journal.close();
    const again = await TxPoolJournal.open(path, () => []);
    expect(again.transactions).toEqual([kept, Uint8Array.of(9)]);
    await again.journal.close();
  }
});

test("a changed byte ends the journal before it", async () => {
  const path = freshJournalPath();
  const { journal } = await TxPoolJournal.open(path, () => []);
  await journal.append(Uint8Array.of(1));
  await journal.append(Uint8Array.of(2));
  await journal.close();
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = 3;
  writeFileSync(path, bytes);
  const reopened = await TxPoolJournal.open(path, () => []);
  expect(reopened.transactions).toEqual([Uint8Array.of(1)]);
  await reopened.journal.close();
});

test("the file shrinks to what is live when it has grown", async () => {
  const path = freshJournalPath();
  const live = [Uint8Array.of(1)];
  const { journal } = await TxPoolJournal.open(path, () => live);
  const large = new Uint8Array(100_000).fill(7);
  for (let round = 0; round < 6; round++) {
    await Promise.all(Array.from({ length: 10 }, () => journal.append(large)));
  }
  await journal.close();
  expect(statSync(path).size).toBeLessThan(2_000_000);
  const reopened = await TxPoolJournal.open(path, () => live);
  expect(reopened.transactions[0]).toEqual(live[0]);
  await reopened.journal.close();
});

test("a pool that is closed takes nothing", async () => {
  const { pool } = createPool({ journalPath: freshJournalPath() });
  await pool.open();
  const raw = await signTx();
  await pool.close();
  await expect(pool.add(raw)).rejects.toMatchObject({ code: "POOL_CLOSED" });
});
