import { expect, test } from "@jest/globals";
import { codeOrDone, createPlainPool } from "../../helpers/plainPool.js";
import {
  encodePlain,
  type PooledFields,
  plainAddress,
  randomBelow,
} from "../../helpers/pooledTxs.js";
import { PoolModel } from "../../helpers/poolModel.js";

const SEQUENCES = Number(process.env.FOVEA_POOL_SEQUENCES ?? 2_000);
const STEPS = 24;
const ACCOUNTS = 2;
const ACCOUNT_QUEUE = 3;

type PlainPool = ReturnType<typeof createPlainPool>;
type Random = (below: number) => number;

function randomTx(random: Random): PooledFields {
  const tip = 1 + random(8);
  return {
    from: random(ACCOUNTS),
    nonce: random(7),
    tip,
    cap: tip + random(8),
    gas: 100 + random(100),
    value: random(3_000),
    bytes: 40 + random(60),
  };
}

/** A block takes some executable transactions and what they cost. */
function includeSome(random: Random, pool: PlainPool["pool"], view: PlainPool["view"]) {
  const included = [...pool.pendingForBlock(0n)].slice(0, random(3));
  for (const { from, nonce } of included) {
    const balance = view.balances.get(from) ?? 0n;
    view.nonces.set(from, nonce + 1n);
    view.balances.set(from, balance - (balance * BigInt(random(100))) / 100n);
  }
  return included.map(({ raw }) => raw);
}

/** One sequence of random steps on the pool and the model; the first difference ends it. */
async function findDifference(seed: number): Promise<unknown> {
  const random = randomBelow(seed);
  const { pool, view } = createPlainPool({ accountQueue: ACCOUNT_QUEUE });
  const model = new PoolModel(view, ACCOUNT_QUEUE);
  view.l1FeePerByte = BigInt(random(20));
  view.operatorFeePerGas = BigInt(random(3));
  for (let from = 0; from < ACCOUNTS; from++) {
    view.balances.set(plainAddress(from), BigInt(random(12_000)));
  }
  for (let step = 0; step < STEPS; step++) {
    const kind = random(10);
    const from = random(ACCOUNTS);
    if (kind < 7) {
      const fields = randomTx(random);
      const found = await codeOrDone(pool.add(encodePlain(fields)));
      const expected = model.add(fields);
      if (expected !== found) return { step, fields, expected, found };
    } else if (kind < 9) {
      const address = plainAddress(from);
      if (random(2) === 0) view.balances.set(address, BigInt(random(12_000)));
      if (random(2) === 0) view.nonces.set(address, BigInt(random(4)));
      view.l1FeePerByte = BigInt(random(20));
      await pool.onHead(includeSome(random, pool, view), []);
      model.onHead();
    } else {
      const known = pool.content().pending;
      const hash = known[random(Math.max(1, known.length))]?.hash;
      if (hash) {
        pool.dropInvalid(hash);
        model.drop(hash);
      }
    }
    const { pending, queued } = pool.content();
    const found = JSON.stringify([pending, queued].map((part) => part.map((tx) => tx.hash).sort()));
    const { isCovered, ...parts } = model.content();
    const expected = JSON.stringify([parts.pending, parts.queued]);
    if (found !== expected || !isCovered) return { step, kind, found, expected, isCovered };
    const next = Number(await pool.getPendingNonce(plainAddress(from)));
    const wanted = Number(view.nonces.get(plainAddress(from)) ?? 0n) + model.pending(from).length;
    if (next !== wanted) return { step, next, wanted };
  }
  return undefined;
}

test(
  "over random sequences an account's executable transactions never cost more than its balance, counted one by one",
  async () => {
    for (let seed = 1; seed <= SEQUENCES; seed++) {
      const difference = await findDifference(seed);
      if (difference !== undefined) expect({ seed, difference }).toBeUndefined();
    }
  },
  SEQUENCES * 50,
);

test("to the wei: execution, L1 and operator of each once, what is replaced not at all", async () => {
  const { pool, view } = createPlainPool();
  view.l1FeePerByte = 7n;
  view.operatorFeePerGas = 3n;
  const tx = (nonce: number, tip: number, value: number) =>
    encodePlain({ from: 0, nonce, tip, cap: 10 * tip, gas: 1_000, value, bytes: 100 });
  const costs = (tip: number, value: number) => BigInt(value + 1_000 * 10 * tip + 3_000 + 700);
  const setBalance = (balance: bigint) => view.balances.set(plainAddress(0), balance);
  setBalance(costs(1, 5_000) + costs(1, 6_000) - 1n);
  expect(await codeOrDone(pool.add(tx(0, 1, 5_000)))).toBe("done");
  expect(await codeOrDone(pool.add(tx(1, 1, 6_000)))).toBe("POOL_INSUFFICIENT_FUNDS");
  setBalance(costs(1, 5_000) + costs(1, 6_000));
  expect(await codeOrDone(pool.add(tx(1, 1, 6_000)))).toBe("done");
  setBalance(costs(2, 9_000) + costs(1, 6_000) - 1n);
  expect(await codeOrDone(pool.add(tx(0, 2, 9_000)))).toBe("POOL_INSUFFICIENT_FUNDS");
  setBalance(costs(2, 9_000) + costs(1, 6_000));
  expect(await codeOrDone(pool.add(tx(0, 2, 9_000)))).toBe("done");
  expect(pool.status()).toEqual({ pending: 2, queued: 0 });
  setBalance(costs(2, 9_000) + costs(1, 6_000) - 1n);
  await pool.onHead([], []);
  expect(pool.status()).toEqual({ pending: 1, queued: 1 });
});
