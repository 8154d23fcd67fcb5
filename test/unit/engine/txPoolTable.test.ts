import { describe, expect, test } from "@jest/globals";
import { DEFAULT_TX_POOL_LIMITS, type TxPoolLimits } from "../../../src/engine/txPoolConfig.js";
import { TxPoolTable } from "../../../src/engine/txPoolTable.js";
import { effectiveTip, type PooledTx } from "../../../src/engine/txPoolTx.js";
import { TxPoolCheapest, worthBehind } from "../../../src/engine/txPoolWorth.js";
import {
  decodePlain,
  encodePlain,
  type PooledFields,
  plainAddress,
  randomBelow,
} from "../../helpers/pooledTxs.js";

const RICH = { nonce: 0n, balance: 10n ** 30n };

function tableOf(limits: Partial<TxPoolLimits>, txs: PooledFields[]) {
  const table = new TxPoolTable({ ...DEFAULT_TX_POOL_LIMITS, ...limits });
  const put = (fields: PooledFields): PooledTx => {
    const tx = decodePlain(encodePlain(fields));
    table.insert(tx, RICH);
    return tx;
  };
  const pooled = txs.map(put);
  const hasTaken = (fields: PooledFields, baseFee = 0n): boolean | string => {
    const tx = decodePlain(encodePlain(fields));
    const next = table.account(tx.from)?.nextNonce ?? 0n;
    try {
      table.makeRoom(tx, tx.nonce <= next, baseFee);
    } catch (error) {
      return (error as { code: string }).code;
    }
    table.insert(tx, RICH);
    table.trim(baseFee);
    return true;
  };
  return { table, pooled, hasTaken };
}

const isIn = (table: TxPoolTable, txs: PooledTx[]): boolean[] =>
  txs.map(({ hash }) => table.get(hash) !== undefined);

test("whose worth is least is found at any base fee as by looking at all", () => {
  const random = randomBelow(3);
  const cheapest = new TxPoolCheapest<number>();
  const worths = new Map<number, { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }>();
  for (let step = 0; step < 5_000; step++) {
    const key = random(30);
    if (random(4) === 0) {
      worths.delete(key);
      cheapest.set(key, undefined);
    } else {
      const worth = {
        maxFeePerGas: BigInt(random(50)),
        maxPriorityFeePerGas: BigInt(random(50)),
      };
      worths.set(key, worth);
      cheapest.set(key, worth);
    }
    const baseFee = BigInt(random(60));
    const except = random(2) === 0 ? random(30) : undefined;
    const tips = [...worths]
      .filter(([other]) => other !== except)
      .map(([, worth]) => Number(effectiveTip(worth, baseFee)));
    const found = cheapest.lowest(baseFee, except);
    expect(found === undefined).toBe(tips.length === 0);
    if (!found) continue;
    expect(Number(found.tip)).toBe(Math.min(...tips));
    expect(effectiveTip(worths.get(found.key) as never, baseFee)).toBe(found.tip);
  }
});

describe("a full table", () => {
  test("a high tip behind a low one of the same sender pushes nobody out", () => {
    const honest = [1, 2, 3].map((from) => ({ from, nonce: 0, tip: 10, cap: 100 }));
    const { table, pooled, hasTaken } = tableOf({ globalSlots: 4 }, [
      ...honest,
      { from: 0, nonce: 0, tip: 1, cap: 100 },
    ]);
    for (const tip of [2, 11, 1_000]) {
      expect(hasTaken({ from: 0, nonce: 1, tip, cap: 1_000 })).toBe("POOL_UNDERPRICED");
    }
    expect(isIn(table, pooled)).toEqual([true, true, true, true]);
  });

  test("a high tip behind a low one of the same sender is the first to go", () => {
    const { table, pooled, hasTaken } = tableOf({ globalSlots: 3 }, [
      { from: 0, nonce: 0, tip: 1, cap: 100 },
      { from: 0, nonce: 1, tip: 1_000, cap: 1_000 },
      { from: 1, nonce: 0, tip: 10, cap: 100 },
    ]);
    expect(hasTaken({ from: 2, nonce: 0, tip: 5, cap: 100 })).toBe(true);
    expect(isIn(table, pooled)).toEqual([true, false, true]);
  });

  test("a cap near the base fee makes a high tip worth little", () => {
    const { table, pooled, hasTaken } = tableOf({ globalSlots: 2 }, [
      { from: 0, nonce: 0, tip: 50, cap: 52 },
      { from: 1, nonce: 0, tip: 10, cap: 100 },
    ]);
    expect(hasTaken({ from: 2, nonce: 0, tip: 5, cap: 100 }, 50n)).toBe(true);
    expect(isIn(table, pooled)).toEqual([false, true]);
  });

  test("who does not get in leaves everything as it was", () => {
    const small = [0, 1, 2, 3].map((from) => ({
      from,
      nonce: 0,
      tip: 1 + from,
      cap: 99,
      bytes: 500,
    }));
    const { table, pooled, hasTaken } = tableOf({ totalBytes: 2_100 }, [
      ...small,
      { from: 4, nonce: 7, tip: 1, cap: 99, bytes: 100 },
    ]);
    const before = [table.pendingCount, table.queuedCount, table.bytes];
    expect(hasTaken({ from: 5, nonce: 0, tip: 3, cap: 99, bytes: 1_600 })).toBe("POOL_UNDERPRICED");
    expect([table.pendingCount, table.queuedCount, table.bytes]).toEqual(before);
    expect(isIn(table, pooled)).toEqual([true, true, true, true, true]);
    expect(hasTaken({ from: 5, nonce: 0, tip: 9, cap: 99, bytes: 1_600 })).toBe(true);
    expect(isIn(table, pooled)).toEqual([false, false, false, true, false]);
  });

  test("a replacement that is larger needs room too", () => {
    const { table, pooled, hasTaken } = tableOf({ totalBytes: 1_000 }, [
      { from: 0, nonce: 0, tip: 10, cap: 99, bytes: 500 },
      { from: 1, nonce: 0, tip: 10, cap: 99, bytes: 500 },
    ]);
    expect(hasTaken({ from: 0, nonce: 0, tip: 10, cap: 110, bytes: 600 })).toBe("POOL_UNDERPRICED");
    expect(isIn(table, pooled)).toEqual([true, true]);
    expect(hasTaken({ from: 1, nonce: 0, tip: 11, cap: 110, bytes: 500 })).toBe(true);
    expect(table.bytes).toBe(1_000);
  });

  test("a filled gap does not leave more executable transactions than there may be", () => {
    const others = [1, 2, 3, 4].map((from) => ({ from, nonce: 0, tip: 10, cap: 99 }));
    const chain = [1, 2, 3].map((nonce) => ({ from: 0, nonce, tip: 5, cap: 99 }));
    const { table, pooled, hasTaken } = tableOf({ globalSlots: 5 }, [...others, ...chain]);
    expect(hasTaken({ from: 0, nonce: 0, tip: 5, cap: 99 })).toBe(true);
    expect([table.pendingCount, table.queuedCount]).toEqual([5, 0]);
    expect(isIn(table, pooled)).toEqual([true, true, true, true, false, false, false]);
  });

  test("transactions that begin to wait are held to the limits of those that wait", () => {
    const run = Array.from({ length: 20 }, (_item, nonce) => ({ from: 0, nonce, tip: 5, cap: 99 }));
    const limits = { accountQueue: 8, globalQueue: 12 };
    const others = [1, 2].map((from) => ({ from, nonce: 3, tip: 1 + from, cap: 99 }));
    const { table, pooled } = tableOf(limits, [...run, ...others]);
    table.remove(pooled[0] as PooledTx);
    expect([table.pendingCount, table.queuedCount]).toEqual([0, 21]);
    table.trim(0n);
    expect([table.pendingCount, table.queuedCount]).toEqual([0, 10]);
    expect(isIn(table, pooled.slice(0, 10))).toEqual([false, ...Array(8).fill(true), false]);
  });
});

describe("random changes", () => {
  const LIMITS = { accountSlots: 3, globalSlots: 20, accountQueue: 4, globalQueue: 8 };

  /** What would go first among the executable ones of others, by looking at all. */
  function lowestTip(table: TxPoolTable, except: string, baseFee: bigint): bigint | undefined {
    const tips = [...table.addresses()]
      .filter((address) => address !== except)
      .flatMap((address) => {
        const pending = table.account(address)?.pending() ?? [];
        return pending.length === 0
          ? []
          : [pending.map((tx) => effectiveTip(tx, baseFee)).reduce((a, b) => (a < b ? a : b))];
      });
    return tips.length === 0 ? undefined : tips.reduce((a, b) => (a < b ? a : b));
  }

  test("evict only what is worth less than what comes, and keep every limit and total", () => {
    const random = randomBelow(17);
    const { table, hasTaken } = tableOf({ ...LIMITS, totalBytes: 3_000 }, []);
    for (let step = 0; step < 3_000; step++) {
      const baseFee = BigInt(random(10));
      const from = random(12);
      const address = plainAddress(from);
      const account = table.account(address);
      if (random(12) === 0) {
        const nonce = (account?.stateNonce ?? 0n) + BigInt(random(3));
        table.setState(address, { nonce: nonce > 6n ? 0n : nonce, balance: 10n ** 30n });
        table.trim(baseFee);
      } else {
        const fields = {
          from,
          nonce: Number(account?.stateNonce ?? 0n) + random(6),
          tip: 1 + random(30),
          cap: 20 + random(30),
          bytes: 40 + random(120),
        };
        const hadRoom =
          table.pendingCount < LIMITS.globalSlots && table.bytes + fields.bytes <= 3_000;
        const before = lowestTip(table, address, baseFee);
        const isExecutable = BigInt(fields.nonce) <= (account?.nextNonce ?? 0n);
        const pending = new Set(
          [...table.accounts()].flatMap((each) => (each.size === 0 ? [] : each.pending())),
        );
        const taken = hasTaken(fields, baseFee);
        if (taken === "POOL_UNDERPRICED") {
          const tip = effectiveTip(decodePlain(encodePlain(fields)), baseFee);
          const worth = account?.pendingWorth && effectiveTip(account.pendingWorth, baseFee);
          const own = worth !== undefined && worth < tip ? worth : tip;
          expect(hadRoom).toBe(false);
          expect(own).toBeLessThanOrEqual(before as bigint);
        }
        if (!isExecutable && taken === true) {
          for (const tx of pending) expect(table.get(tx.hash)).toBe(tx);
        }
      }
      const all = [...table.all()];
      const accounts = [...table.accounts()];
      const sum = (count: (one: (typeof accounts)[number]) => number): number =>
        accounts.reduce((total, one) => total + count(one), 0);
      expect([table.bytes, table.pendingCount, table.queuedCount]).toEqual([
        all.reduce((total, { raw }) => total + raw.length, 0),
        sum(({ pendingCount }) => pendingCount),
        sum(({ queuedCount }) => queuedCount),
      ]);
      expect([
        all.length === table.pendingCount + table.queuedCount,
        table.bytes <= 3_000,
        table.pendingCount <= LIMITS.globalSlots,
        table.queuedCount <= LIMITS.globalQueue,
        accounts.every(({ queuedCount }) => queuedCount <= LIMITS.accountQueue),
      ]).toEqual(Array(5).fill(true));
    }
  });

  test("the worth of a chain is its lowest tip and its lowest cap", () => {
    const random = randomBelow(23);
    for (let round = 0; round < 500; round++) {
      const chain = Array.from({ length: 1 + random(6) }, (_item, nonce) =>
        decodePlain(encodePlain({ from: 0, nonce, tip: random(20), cap: random(40) })),
      );
      const baseFee = BigInt(random(30));
      const worth = chain.reduce<PooledTx | ReturnType<typeof worthBehind> | undefined>(
        worthBehind,
        undefined,
      ) as PooledTx;
      const lowest = chain.map((tx) => Number(effectiveTip(tx, baseFee)));
      expect(Number(effectiveTip(worth, baseFee))).toBe(Math.min(...lowest));
    }
  });
});
