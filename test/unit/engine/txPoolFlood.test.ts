import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import { fromHex, type Hash } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { codeOrDone, createPlainPool } from "../../helpers/plainPool.js";
import {
  encodePlain,
  type PooledFields,
  plainAddress,
  randomBelow,
} from "../../helpers/pooledTxs.js";

/** Transactions of the flood: 1,000,000 in the long run. */
const FLOOD = Number(process.env.FOVEA_POOL_FLOOD ?? 20_000);
const MIB = 2 ** 20;
const TX_GAS = 21_000n;

type Pool = ReturnType<typeof createPlainPool>;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function usedBytes(): Promise<number> {
  // Memory outside the heap is given back a little after its owner is collected.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A block takes what pays most until it is full; returns what it took. */
async function produceBlock({ pool, view }: Pool, maxTxs = view.gasLimit / TX_GAS) {
  const taken: { hash: Hash; raw: Uint8Array }[] = [];
  for (const { hash, raw, from, nonce } of pool.pendingForBlock(view.baseFee)) {
    if (BigInt(taken.length) >= maxTxs) break;
    taken.push({ hash, raw });
    view.nonces.set(from, nonce + 1n);
  }
  await pool.onHead(
    taken.map(({ raw }) => raw),
    [],
  );
  return new Set(taken.map(({ hash }) => hash));
}

async function addAll({ pool }: Pool, txs: PooledFields[]): Promise<string[]> {
  const results: string[] = [];
  for (const tx of txs) results.push(await codeOrDone(pool.add(encodePlain(tx))));
  return results;
}

const hashOf = (tx: PooledFields): Hash => keccakHex(encodePlain(tx));

test(
  `${FLOOD} transactions of a tenth as many accounts: memory stays bounded, who pays twice the price is in one of the next two blocks`,
  async () => {
    const random = randomBelow(29);
    const market = createPlainPool();
    const { pool, view } = market;
    view.baseFee = 1_000n;
    const keys = FLOOD / 10;
    const counts = new Map<string, number>();
    const note = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
    let waiting: { hash: Hash; blocks: number }[] = [];
    let mostBytes = 0;
    for (let key = 0; key < keys + FLOOD; key++) view.nonces.set(plainAddress(key), 0n);
    const before = await usedBytes();
    for (let count = 1; count <= FLOOD; count++) {
      const from = random(keys);
      const next = Number(await pool.getPendingNonce(plainAddress(from)));
      const nonce = random(4) === 0 ? next + 1 + random(3) : next;
      // Small ones until all places are taken, then large ones too until all bytes are, and so on.
      const phase = count % 100_000;
      const isLarge = phase > 10_000 && phase <= 15_000 && random(3) === 0;
      const bytes = isLarge ? 60_000 + random(50_000) : 110;
      const tx = { from, nonce, tip: 500 + random(500), cap: 10_000, bytes };
      note(await codeOrDone(pool.add(encodePlain(tx))));
      if (count % 500 === 0) {
        const honest = { from: keys + count, nonce: 0, tip: 2_000, cap: 20_000 };
        note(`honest ${await codeOrDone(pool.add(encodePlain(honest)))}`);
        waiting.push({ hash: hashOf(honest), blocks: 0 });
      }
      if (count % 5_000 > 0) continue;
      const { pending, queued } = pool.status();
      if (pending === 4_096) note("all places taken");
      expect(pending <= 4_096 && queued <= 1_024).toBe(true);
      if (phase === 15_000 || phase === 95_000) {
        mostBytes = Math.max(mostBytes, (await usedBytes()) - before);
      }
      const included = await produceBlock(market);
      waiting = waiting
        .filter(({ hash }) => !included.has(hash))
        .map(({ hash, blocks }) => ({ hash, blocks: blocks + 1 }));
      for (const { blocks } of waiting) if (blocks >= 2) note("honest late");
    }
    const results = [...counts.keys()];
    expect(results).toEqual(
      expect.arrayContaining(["POOL_FULL", "POOL_UNDERPRICED", "all places taken", "done"]),
    );
    expect(results.filter((result) => result.startsWith("honest"))).toEqual(["honest done"]);
    // It was full of bytes too, and there is not much beside them.
    expect(mostBytes).toBeGreaterThan(24 * MIB);
    expect(mostBytes).toBeLessThan(64 * MIB);
  },
  60_000 + 5 * FLOOD,
);

test("a full pool that is flooded with replacements of growing size keeps to its bytes", async () => {
  const market = createPlainPool({ totalBytes: 100_000, globalSlots: 100 });
  const small = Array.from({ length: 90 }, (_item, from) => ({ from, nonce: 0, tip: 10, cap: 99 }));
  await addAll(market, small);
  for (let round = 1; round <= 20; round++) {
    const grown = small.map((tx) => ({
      ...tx,
      tip: 10 * 2 ** round,
      cap: 99 * 2 ** round,
      bytes: 500 * round,
    }));
    await addAll(market, grown);
    const bytes = market.pool.content().pending.reduce((sum, { raw }) => sum + raw.length, 0);
    expect(bytes).toBeLessThanOrEqual(100_000);
  }
});

describe("transactions that cannot be included push nobody out:", () => {
  const SLOTS = 4_096;
  const HONEST = 1_024;
  const honest: PooledFields[] = Array.from({ length: SLOTS }, (_item, index) => ({
    from: index % HONEST,
    nonce: Math.floor(index / HONEST),
    tip: 10,
    cap: 1_000,
  }));

  async function crowdedPool(): Promise<Pool & { missing(): number }> {
    const market = createPlainPool();
    market.view.baseFee = 100n;
    expect(new Set(await addAll(market, honest))).toEqual(new Set(["done"]));
    const hashes = honest.map(hashOf);
    return {
      ...market,
      missing: () => hashes.filter((hash) => market.pool.get(hash) === undefined).length,
    };
  }

  test("5,120 with a gap, at a hundred times the price", async () => {
    const market = await crowdedPool();
    const futures = Array.from({ length: 5_120 }, (_item, index) => ({
      from: HONEST + (index % 160),
      nonce: 1 + Math.floor(index / 160),
      tip: 1_000,
      cap: 9_000,
    }));
    await addAll(market, futures);
    expect(market.missing()).toBe(0);
    expect(market.pool.status()).toEqual({ pending: SLOTS, queued: 1_024 });
  });

  test("5,120 that their balance covers one by one but not together, when their gap is filled", async () => {
    const market = await crowdedPool();
    const cost = 21_000n * 9_000n;
    const attackers = Array.from({ length: 160 }, (_item, index) => HONEST + index);
    for (const from of attackers) market.view.balances.set(plainAddress(from), cost);
    for (let nonce = 1; nonce <= 31; nonce++) {
      await addAll(
        market,
        attackers.map((from) => ({ from, nonce, tip: 1_000, cap: 9_000 })),
      );
    }
    const cheap = attackers.map((from) => ({ from, nonce: 0, tip: 5, cap: 9_000 }));
    expect(new Set(await addAll(market, cheap))).toEqual(new Set(["POOL_UNDERPRICED"]));
    expect(market.missing()).toBe(0);
    // At a price above the others' each gets exactly the one place that it can pay for.
    const dear = attackers.map((from) => ({ from, nonce: 0, tip: 11, cap: 9_000 }));
    expect(new Set(await addAll(market, dear))).toEqual(new Set(["done"]));
    expect(market.missing()).toBe(attackers.length);
    const found = market.pool.content().pending.map(({ hash }) => hash);
    expect(dear.filter((tx) => found.includes(hashOf(tx)))).toHaveLength(attackers.length);
    expect(market.pool.status().pending).toBe(SLOTS);
  });

  test("dear ones behind a cheap one of the same account", async () => {
    const market = await crowdedPool();
    const first = { from: HONEST, nonce: 0, tip: 11, cap: 9_000 };
    expect(await addAll(market, [first])).toEqual(["done"]);
    const dear = Array.from({ length: 64 }, (_item, index) => ({
      from: HONEST,
      nonce: 1 + index,
      tip: 100_000,
      cap: 900_000,
    }));
    await addAll(market, dear);
    // Each takes the place of one that pays less than the first, which a block has to take before it.
    const places = market.pool
      .content()
      .pending.filter(({ from }) => from === plainAddress(HONEST));
    expect(market.missing()).toBe(places.length);
    const cheaper = await crowdedPool();
    await addAll(cheaper, [{ ...first, tip: 10 }, ...dear]);
    expect(cheaper.missing()).toBe(0);
  });

  test("what is pushed out never pays more than what comes", async () => {
    const random = randomBelow(31);
    const market = createPlainPool({ globalSlots: 200, accountSlots: 200 });
    const { pool, view } = market;
    view.baseFee = 50n;
    const byHash = new Map<Hash, PooledFields>();
    const worth = ({ tip, cap }: PooledFields): number => Math.min(tip, cap - 50);
    for (let step = 0; step < 4_000; step++) {
      const from = random(120);
      const next = Number(await pool.getPendingNonce(plainAddress(from)));
      const tx = { from, nonce: next, tip: random(90) + 1, cap: 90 + random(60) };
      const before = pool.content().pending.map(({ hash }) => hash);
      if ((await codeOrDone(pool.add(encodePlain(tx)))) !== "done") continue;
      byHash.set(hashOf(tx), tx);
      const after = new Set(pool.content().pending.map(({ hash }) => hash));
      const gone = before.filter((hash) => !after.has(hash));
      const paid = gone.map((hash) => worth(byHash.get(hash) as PooledFields));
      // Of the one that goes it is the lowest of its account's that counts, which is not above its own.
      expect(gone.length).toBeLessThanOrEqual(1);
      const lowest = gone.map((hash) => {
        const { from: owner } = byHash.get(hash) as PooledFields;
        const others = pool.content().pending.filter((each) => each.from === plainAddress(owner));
        return Math.min(
          ...paid,
          ...others.map((each) => worth(byHash.get(each.hash) as PooledFields)),
        );
      });
      for (const value of lowest) expect(value).toBeLessThan(worth(tx));
    }
  });
});

describe("one transaction that makes many worthless", () => {
  const DELEGATION = fromHex(`0xef0100${"11".repeat(20)}`);

  test("a thousand drained accounts cost a bounded number of looks after each block, and are gone after four", async () => {
    const market = createPlainPool();
    const { pool, view } = market;
    const drained = Array.from({ length: 1_000 }, (_item, from) => ({
      from,
      nonce: 0,
      tip: 10,
      cap: 10 ** 9,
    }));
    for (const { from } of drained) view.codes.set(plainAddress(from), DELEGATION);
    await addAll(market, drained);
    expect(
      await addAll(
        market,
        drained.map((tx) => ({ ...tx, nonce: 1 })),
      ),
    ).toEqual(Array(1_000).fill("POOL_DELEGATED"));
    const honest = { from: 5_000, nonce: 0, tip: 9, cap: 10 ** 9 };
    await addAll(market, [honest]);
    for (const { from } of drained) view.balances.set(plainAddress(from), 0n);
    for (let block = 1; block <= 4; block++) {
      view.accountReads = 0;
      view.feeReads = 0;
      await pool.onHead([], []);
      expect(view.accountReads).toBeLessThanOrEqual(256);
      expect(view.feeReads).toBeLessThanOrEqual(256);
    }
    expect(pool.status()).toEqual({ pending: 1, queued: 0 });
    expect(pool.get(hashOf(honest))).toBeDefined();
  });

  test("an account that goes cannot take away another's turn", async () => {
    const market = createPlainPool({ recheckAccounts: 4 });
    const { pool, view } = market;
    const txs = Array.from({ length: 40 }, (_item, from) => ({ from, nonce: 0, tip: 10, cap: 99 }));
    await addAll(market, txs);
    for (let from = 0; from < 40; from += 4) view.balances.set(plainAddress(from), 0n);
    for (let block = 0; block < 10; block++) {
      await pool.onHead([], []);
      await addAll(market, [{ from: 100 + block, nonce: 0, tip: 10, cap: 99 }]);
    }
    expect(pool.status().pending).toBe(30 + 10);
  });

  test("an account with thousands of transactions is read once a block, and each is priced once", async () => {
    const market = createPlainPool();
    const { pool, view } = market;
    const run = Array.from({ length: 2_000 }, (_item, nonce) => ({
      from: 0,
      nonce,
      tip: 10,
      cap: 99,
    }));
    await addAll(market, run);
    view.nonces.set(plainAddress(0), 1_000n);
    view.balances.set(plainAddress(0), 21_000n * 99n * 500n);
    view.accountReads = 0;
    view.feeReads = 0;
    await pool.onHead(run.slice(0, 1_000).map(encodePlain), []);
    expect([view.accountReads, view.feeReads]).toEqual([1, 1_000]);
    expect(pool.status()).toEqual({ pending: 500, queued: 64 });
  });
});
