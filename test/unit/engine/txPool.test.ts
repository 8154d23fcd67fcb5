import { describe, expect, test } from "@jest/globals";
import { fromHex, toHex } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import {
  addressOf,
  createPool,
  ETHER,
  GWEI,
  POOL_CHAIN_ID,
  signTx,
  type TestTx,
  testAccount,
} from "../../helpers/poolHarness.js";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "accepted";
}

async function addAll(pool: { add(raw: Uint8Array): Promise<unknown> }, txs: TestTx[]) {
  const raws = [];
  for (const tx of txs) {
    const raw = await signTx(tx);
    await pool.add(raw);
    raws.push(raw);
  }
  return raws;
}

describe("what is refused", () => {
  const cases: [string, string, TestTx][] = [
    ["a transaction for another chain", "POOL_CHAIN_ID", { chainId: 1 }],
    ["less than the intrinsic gas", "POOL_INTRINSIC_GAS", { gas: 20_999n }],
    [
      "less than the calldata floor",
      "POOL_FLOOR_GAS",
      { gas: 38_000n, data: `0x${"01".repeat(1_000)}` },
    ],
    ["more than 2^24 gas", "POOL_GAS_CAP", { gas: 16_777_217n }],
    [
      "init code over 49,152 bytes",
      "POOL_INIT_CODE",
      { to: null, gas: 16_000_000n, data: `0x${"00".repeat(49_153)}` },
    ],
    ["a tip of nothing", "POOL_TIP_BELOW_MINIMUM", { maxPriorityFeePerGas: 0n }],
    ["more than the balance", "POOL_INSUFFICIENT_FUNDS", { value: 101n * ETHER }],
    [
      "a fee over one ether",
      "POOL_FEE_CAP_EXCEEDED",
      { gas: 1_000_000n, maxFeePerGas: 1_001n * GWEI },
    ],
  ];
  test.each(cases)("%s: %s", async (_name, code, tx) => {
    const { pool } = createPool();
    expect(await codeOf(pool.add(await signTx(tx)))).toBe(code);
  });

  test("a gas limit above the block's", async () => {
    const { pool, view } = createPool();
    view.gasLimit = 1_000_000n;
    expect(await codeOf(pool.add(await signTx({ gas: 1_000_001n })))).toBe("POOL_GAS_LIMIT");
  });

  test("a DA footprint that no block has room for; one in the pool goes when the limits change", async () => {
    const { pool, view } = createPool();
    view.footprint = view.gasLimit + 1n;
    expect(await codeOf(pool.add(await signTx()))).toBe("POOL_DA_FOOTPRINT");
    view.footprint = view.gasLimit;
    const hash = await pool.add(await signTx());
    await pool.onHead([], []);
    expect(pool.get(hash)).toBeDefined();
    view.footprint += 1n;
    await pool.onHead([], []);
    expect(pool.get(hash)).toBeUndefined();
  });

  test("deposits, blobs, unknown types, garbage and oversized bytes", async () => {
    const { pool } = createPool();
    expect(await codeOf(pool.add(fromHex("0x7ec0")))).toBe("POOL_TYPE");
    expect(await codeOf(pool.add(fromHex("0x03c0")))).toBe("POOL_TYPE");
    expect(await codeOf(pool.add(fromHex("0x05c0")))).toBe("POOL_TYPE");
    expect(await codeOf(pool.add(new Uint8Array(0)))).toBe("POOL_MALFORMED");
    expect(await codeOf(pool.add(fromHex("0x02c0")))).toBe("POOL_MALFORMED");
    expect(await codeOf(pool.add(fromHex("0xf86c")))).toBe("POOL_MALFORMED");
    expect(await codeOf(pool.add(new Uint8Array(110_001).fill(2)))).toBe("POOL_OVERSIZED");
  });

  test("a used nonce, the same bytes again, and a contract as the sender", async () => {
    const { pool, view } = createPool();
    const raw = await signTx({ nonce: 4 });
    view.nonces.set(addressOf(testAccount(0)), 5n);
    expect(await codeOf(pool.add(raw))).toBe("POOL_NONCE_TOO_LOW");
    view.nonces.set(addressOf(testAccount(0)), 4n);
    await pool.add(raw);
    expect(await codeOf(pool.add(raw))).toBe("POOL_ALREADY_KNOWN");
    view.codes.set(addressOf(testAccount(1)), fromHex("0x6000"));
    expect(await codeOf(pool.add(await signTx({ from: 1 })))).toBe("POOL_SENDER_HAS_CODE");
    view.codes.set(addressOf(testAccount(1)), fromHex(`0xef0100${"11".repeat(20)}`));
    expect(await codeOf(pool.add(await signTx({ from: 1 })))).toBe("accepted");
  });

  test("a second transaction of an account that delegates to code, and one with a gap", async () => {
    const { pool, view } = createPool();
    const sender = addressOf(testAccount(0));
    view.codes.set(sender, fromHex(`0xef0100${"11".repeat(20)}`));
    const add = async (tx: TestTx) => codeOf(pool.add(await signTx(tx)));
    expect(await add({ nonce: 1 })).toBe("POOL_DELEGATED");
    expect(await add({ nonce: 0 })).toBe("accepted");
    expect(await add({ nonce: 1 })).toBe("POOL_DELEGATED");
    const dearer = { maxFeePerGas: 20n * GWEI, maxPriorityFeePerGas: 2n * GWEI };
    expect(await add({ nonce: 0, ...dearer })).toBe("accepted");
    // What was accepted once comes back after a reorg, also two of them.
    const included = [await signTx({ nonce: 0 }), await signTx({ nonce: 1 })];
    view.nonces.set(sender, 2n);
    await pool.onHead(included, []);
    view.nonces.set(sender, 0n);
    await pool.onHead([], included);
    expect(pool.status().pending).toBe(2);
  });

  test("legacy transactions without a chain id, unless they are allowed", async () => {
    const signed = await testAccount(0).signTransaction({
      type: "legacy",
      nonce: 0,
      gasPrice: 2n * GWEI,
      gas: 21_000n,
      to: "0x00000000000000000000000000000000000000aa",
      value: 1n,
    });
    expect(await codeOf(createPool().pool.add(fromHex(signed)))).toBe("POOL_UNPROTECTED");
    const friendly = createPool({ limits: { allowUnprotected: true } }).pool;
    expect(await codeOf(friendly.add(fromHex(signed)))).toBe("accepted");
  });

  test("a signature with a high s", async () => {
    const { pool } = createPool();
    const raw = await signTx();
    // s is the last field: n - s and the other parity would recover the same sender.
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(toHex(raw.subarray(-32)));
    const changed = raw.slice();
    changed.set(fromHex(`0x${(order - s).toString(16).padStart(64, "0")}`), raw.length - 32);
    expect(["POOL_INVALID_SENDER", "POOL_MALFORMED"]).toContain(await codeOf(pool.add(changed)));
  });

  test("an account's transactions together may not cost more than its balance, fees for L1 and operator included", async () => {
    const { pool, view } = createPool();
    view.balances.set(addressOf(testAccount(0)), 3n * ETHER);
    await pool.add(await signTx({ nonce: 0, value: ETHER }));
    await pool.add(await signTx({ nonce: 1, value: ETHER }));
    expect(await codeOf(pool.add(await signTx({ nonce: 2, value: ETHER })))).toBe(
      "POOL_INSUFFICIENT_FUNDS",
    );
    view.l1FeeWei = ETHER;
    expect(await codeOf(pool.add(await signTx({ nonce: 2, value: 1n })))).toBe(
      "POOL_INSUFFICIENT_FUNDS",
    );
    view.l1FeeWei = 0n;
    view.operatorFeeWei = ETHER;
    expect(await codeOf(pool.add(await signTx({ nonce: 2, value: 1n })))).toBe(
      "POOL_INSUFFICIENT_FUNDS",
    );
    view.operatorFeeWei = 0n;
    expect(await codeOf(pool.add(await signTx({ nonce: 2, value: 1n })))).toBe("accepted");
  });
});

describe("order and replacement", () => {
  test("the best tip comes first, and each sender's nonces stay in order", async () => {
    const { pool } = createPool();
    await addAll(pool, [
      { from: 0, nonce: 0, maxPriorityFeePerGas: 1n * GWEI },
      { from: 0, nonce: 1, maxPriorityFeePerGas: 9n * GWEI },
      { from: 1, nonce: 0, maxPriorityFeePerGas: 2n * GWEI },
      { from: 2, nonce: 1, maxPriorityFeePerGas: 8n * GWEI },
    ]);
    const order = [...pool.pendingForBlock(GWEI)].map(({ from, nonce }) => [from, nonce]);
    expect(order).toEqual([
      [addressOf(testAccount(1)), 0n],
      [addressOf(testAccount(0)), 0n],
      [addressOf(testAccount(0)), 1n],
    ]);
    expect(pool.status()).toEqual({ pending: 3, queued: 1 });
  });

  test("a sender's run stops where the fee cap is below the base fee", async () => {
    const { pool } = createPool();
    await addAll(pool, [{ nonce: 0 }, { nonce: 1, maxFeePerGas: 2n * GWEI }, { nonce: 2 }]);
    expect([...pool.pendingForBlock(3n * GWEI)].map(({ nonce }) => nonce)).toEqual([0n]);
  });

  test("a replacement needs 10 % more in both fields", async () => {
    const { pool } = createPool();
    const [old] = await addAll(pool, [
      { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: 10n * GWEI },
    ]);
    const refused: TestTx[] = [
      { maxFeePerGas: 110n * GWEI - 1n, maxPriorityFeePerGas: 11n * GWEI },
      { maxFeePerGas: 110n * GWEI, maxPriorityFeePerGas: 11n * GWEI - 1n },
    ];
    for (const tx of refused) {
      expect(await codeOf(pool.add(await signTx(tx)))).toBe("POOL_REPLACEMENT_UNDERPRICED");
    }
    await pool.add(await signTx({ maxFeePerGas: 110n * GWEI, maxPriorityFeePerGas: 11n * GWEI }));
    expect(pool.get(keccakHex(old as Uint8Array))).toBeUndefined();
    expect(pool.status()).toEqual({ pending: 1, queued: 0 });
  });

  test("waiting transactions become executable when the gap is filled", async () => {
    const { pool } = createPool();
    const sender = addressOf(testAccount(0));
    await addAll(pool, [{ nonce: 2 }, { nonce: 1 }]);
    expect(await pool.getPendingNonce(sender)).toBe(0n);
    await addAll(pool, [{ nonce: 0 }]);
    expect(await pool.getPendingNonce(sender)).toBe(3n);
    expect(pool.content().pending.map(({ index }) => index)).toEqual([null, null, null]);
    expect(await pool.getPendingNonce(addressOf(testAccount(5)))).toBe(0n);
  });
});

describe("limits", () => {
  test("an account has so many waiting transactions and no more", async () => {
    const { pool } = createPool({ limits: { accountQueue: 2 } });
    await addAll(pool, [{ nonce: 5 }, { nonce: 6 }]);
    expect(await codeOf(pool.add(await signTx({ nonce: 7 })))).toBe("POOL_NONCE_TOO_HIGH");
    expect(await codeOf(pool.add(await signTx({ nonce: 0 })))).toBe("accepted");
  });

  test("a full pool takes a better tip and gives up the cheapest last transaction", async () => {
    const { pool } = createPool({ limits: { globalSlots: 3 } });
    const [cheap] = await addAll(pool, [
      { from: 0, maxPriorityFeePerGas: 1n * GWEI },
      { from: 1, maxPriorityFeePerGas: 2n * GWEI },
      { from: 2, maxPriorityFeePerGas: 3n * GWEI },
    ]);
    const same = await signTx({ from: 3, maxPriorityFeePerGas: 1n * GWEI });
    expect(await codeOf(pool.add(same))).toBe("POOL_UNDERPRICED");
    await pool.add(await signTx({ from: 3, maxPriorityFeePerGas: 4n * GWEI }));
    expect(pool.get(keccakHex(cheap as Uint8Array))).toBeUndefined();
    expect(pool.status()).toEqual({ pending: 3, queued: 0 });
  });

  test("an account over its share gives way to one within it", async () => {
    const { pool } = createPool({ limits: { globalSlots: 3, accountSlots: 1 } });
    await addAll(
      pool,
      [0, 1, 2].map((nonce) => ({ nonce, maxPriorityFeePerGas: 5n * GWEI })),
    );
    await pool.add(await signTx({ from: 1, maxPriorityFeePerGas: 1n * GWEI }));
    expect(await pool.getPendingNonce(addressOf(testAccount(0)))).toBe(2n);
  });

  test("waiting transactions never push out executable ones", async () => {
    const { pool } = createPool({ limits: { globalQueue: 1, globalSlots: 1 } });
    await addAll(pool, [{ from: 0 }, { from: 1, nonce: 3, maxPriorityFeePerGas: GWEI }]);
    const same = await signTx({ from: 2, nonce: 3, maxPriorityFeePerGas: GWEI });
    expect(await codeOf(pool.add(same))).toBe("POOL_FULL");
    await pool.add(await signTx({ from: 2, nonce: 4, maxPriorityFeePerGas: 9n * GWEI }));
    expect(pool.status()).toEqual({ pending: 1, queued: 1 });
    expect([...pool.pendingForBlock(GWEI)]).toHaveLength(1);
  });

  test("the total size is limited", async () => {
    const data = `0x${"01".repeat(1_000)}` as const;
    const { pool } = createPool({ limits: { totalBytes: 2_500 } });
    const big = { data, gas: 100_000n };
    await addAll(pool, [
      { from: 0, ...big },
      { from: 1, ...big },
    ]);
    expect(await codeOf(pool.add(await signTx({ from: 2, ...big })))).toBe("POOL_UNDERPRICED");
  });

  test("what waits too long is forgotten", async () => {
    const { pool, clock } = createPool({ limits: { queueLifetimeMs: 1_000 } });
    await addAll(pool, [{ nonce: 0 }, { nonce: 2 }]);
    clock.ms += 1_001;
    await pool.onHead([], []);
    expect(pool.status()).toEqual({ pending: 1, queued: 0 });
  });
});

describe("when the head moves", () => {
  test("included transactions leave, those of abandoned blocks return", async () => {
    const { pool, view, announced } = createPool();
    const sender = addressOf(testAccount(0));
    const raws = await addAll(pool, [{ nonce: 0 }, { nonce: 1 }, { nonce: 2 }]);
    view.nonces.set(sender, 2n);
    await pool.onHead(raws.slice(0, 2), []);
    expect(pool.status()).toEqual({ pending: 1, queued: 0 });
    expect(await codeOf(pool.add(raws[0] as Uint8Array))).toBe("POOL_NONCE_TOO_LOW");
    view.nonces.set(sender, 0n);
    await pool.onHead([], raws.slice(0, 2));
    expect([...pool.pendingForBlock(GWEI)].map(({ nonce }) => nonce)).toEqual([0n, 1n, 2n]);
    expect(announced).toHaveLength(5);
  });

  test("a sender with more transactions than may wait loses none when a block is abandoned", async () => {
    const { pool, view } = createPool({ limits: { accountQueue: 3, globalQueue: 3 } });
    const sender = addressOf(testAccount(0));
    const nonces = Array.from({ length: 12 }, (_item, nonce) => nonce);
    const raws = await addAll(
      pool,
      nonces.map((nonce) => ({ nonce })),
    );
    view.nonces.set(sender, 2n);
    await pool.onHead(raws.slice(0, 2), []);
    view.nonces.set(sender, 0n);
    await pool.onHead([], raws.slice(0, 2));
    expect([...pool.pendingForBlock(GWEI)].map(({ nonce }) => Number(nonce))).toEqual(nonces);
  });

  test("transactions that the balance covers one by one but not together wait for it", async () => {
    const { pool, view } = createPool();
    const sender = addressOf(testAccount(0));
    view.balances.set(sender, 3n * ETHER);
    await addAll(pool, [
      { nonce: 2, value: 2n * ETHER },
      { nonce: 1, value: 2n * ETHER },
      { nonce: 0, value: ETHER / 2n },
    ]);
    expect(pool.status()).toEqual({ pending: 2, queued: 1 });
    expect(await pool.getPendingNonce(sender)).toBe(2n);
    view.balances.set(sender, 5n * ETHER);
    await pool.onHead([], []);
    expect(pool.status()).toEqual({ pending: 3, queued: 0 });
    view.balances.set(sender, 2n * ETHER + ETHER / 4n);
    await pool.onHead([], []);
    expect(pool.status()).toEqual({ pending: 1, queued: 2 });
  });

  test("a pending nonce asked for while abandoned transactions return counts them", async () => {
    const { pool, view } = createPool();
    const sender = addressOf(testAccount(0));
    const raws = await addAll(pool, [{ nonce: 0 }, { nonce: 1 }]);
    view.nonces.set(sender, 2n);
    await pool.onHead(raws, []);
    const settled = pool.headMoves();
    view.nonces.set(sender, 0n);
    const asked = pool.getPendingNonce(sender);
    await pool.onHead([], raws);
    settled();
    expect(await asked).toBe(2n);
  });

  test("transactions that their sender cannot pay any more go, later ones wait", async () => {
    const { pool, view } = createPool();
    await addAll(pool, [{ nonce: 0, value: ETHER }, { nonce: 1 }]);
    view.balances.set(addressOf(testAccount(0)), ETHER / 2n);
    await pool.onHead([], []);
    expect(pool.status()).toEqual({ pending: 0, queued: 1 });
  });

  test("nonces used outside the pool make its transactions stale", async () => {
    const { pool, view } = createPool();
    await addAll(pool, [{ nonce: 0 }, { nonce: 1 }]);
    view.nonces.set(addressOf(testAccount(0)), 1n);
    await pool.onHead([], []);
    expect([...pool.pendingForBlock(GWEI)].map(({ nonce }) => nonce)).toEqual([1n]);
  });

  test("the builder can have one forgotten", async () => {
    const { pool } = createPool();
    const [raw] = await addAll(pool, [{ nonce: 0 }, { nonce: 1 }]);
    pool.dropInvalid(keccakHex(raw as Uint8Array));
    expect(pool.status()).toEqual({ pending: 0, queued: 1 });
  });

  test("an addition that runs while the head moves sees the new head", async () => {
    const { pool, view } = createPool();
    const sender = addressOf(testAccount(0));
    const adding = signTx({ nonce: 0 }).then((raw) => pool.add(raw));
    const raw = await signTx({ nonce: 0 });
    view.nonces.set(sender, 1n);
    await pool.onHead([raw], []);
    expect(await codeOf(adding)).toBe("POOL_NONCE_TOO_LOW");
  });
});

test("totals stay right over thousands of random changes", async () => {
  const { pool, view } = createPool({
    limits: { globalSlots: 12, globalQueue: 6, accountQueue: 4 },
  });
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const raws: Uint8Array[] = [];
  for (let index = 0; index < 240; index++) {
    raws.push(
      await signTx({
        from: random(5),
        nonce: random(8),
        maxPriorityFeePerGas: BigInt(1 + random(20)) * GWEI,
        maxFeePerGas: 50n * GWEI,
        chainId: POOL_CHAIN_ID,
      }),
    );
  }
  for (let step = 0; step < 3_000; step++) {
    const raw = raws[random(raws.length)] as Uint8Array;
    if (random(10) > 0) await pool.add(raw).catch(() => {});
    else {
      view.nonces.set(addressOf(testAccount(random(5))), BigInt(random(4)));
      await pool.onHead(random(2) === 0 ? [raw] : [], random(2) === 0 ? [raw] : []);
    }
    const { pending, queued } = pool.content();
    expect(pool.status()).toEqual({ pending: pending.length, queued: queued.length });
    expect(pending.length).toBeLessThanOrEqual(30);
    const executable = [...pool.pendingForBlock(0n)];
    expect(new Set(executable.map(({ hash }) => hash))).toEqual(
      new Set(pending.map(({ hash }) => hash)),
    );
  }
});
