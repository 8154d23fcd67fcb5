import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { secp256k1 } from "../../../src/protocol/secp256k1.js";
import { fromHex } from "../../../src/util/hex.js";
import { codeOrDone } from "../../helpers/plainPool.js";
import { createPool, GWEI, signTx, type TestTx, testAccount } from "../../helpers/poolHarness.js";

/** Counts recoveries; they are done as ever. */
const recover = jest.spyOn(secp256k1, "recoverPublicKey");

beforeEach(() => {
  recover.mockClear();
});
afterEach(() => {
  recover.mockClear();
});

/** The last 32 bytes of an envelope are `s` of its signature, the 33 before them `r` with its length. */
async function withSignature(tx: TestTx, r: string | undefined, s: string): Promise<Uint8Array> {
  const raw = (await signTx(tx)).slice();
  raw.set(fromHex(`0x${s.padStart(64, "0")}`), raw.length - 32);
  if (r !== undefined) raw.set(fromHex(`0x${r.padStart(64, "0")}`), raw.length - 65);
  return raw;
}

/** Below the order of the curve, but not the x of a point on it, so that nobody can have signed. */
const NO_POINT = `1${"0".repeat(62)}5`;
const SOME_S = `1${"0".repeat(63)}`;

describe("no sender is recovered of", () => {
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
      "too long init code",
      "POOL_INIT_CODE",
      { to: null, gas: 16_000_000n, data: `0x${"00".repeat(49_153)}` },
    ],
    ["a gas limit above the block's", "POOL_GAS_LIMIT", { gas: 2_000_001n }],
    ["a tip of nothing", "POOL_TIP_BELOW_MINIMUM", { maxPriorityFeePerGas: 0n }],
    ["a tip above the fee cap", "POOL_TIP_ABOVE_FEE_CAP", { maxPriorityFeePerGas: 99n * GWEI }],
    [
      "a fee over one ether",
      "POOL_FEE_CAP_EXCEEDED",
      { gas: 1_000_000n, maxFeePerGas: 1_001n * GWEI },
    ],
  ];
  test.each(cases)("%s: %s", async (_name, code, tx) => {
    const { pool, view } = createPool();
    view.gasLimit = 2_000_000n;
    const tipAbove = code === "POOL_TIP_ABOVE_FEE_CAP";
    const raw = tipAbove ? await signTipAboveCap() : await signTx(tx);
    recover.mockClear();
    expect(await codeOrDone(pool.add(raw))).toBe(code);
    expect(recover).not.toHaveBeenCalled();
  });

  /** By hand: libraries refuse to sign it. The fee cap is the first of the two when both have five bytes. */
  async function signTipAboveCap(): Promise<Uint8Array> {
    const raw = (
      await signTx({ maxFeePerGas: 10n * GWEI, maxPriorityFeePerGas: 5n * GWEI })
    ).slice();
    const hex = Buffer.from(raw).toString("hex");
    const [tip, cap] = [
      (5n * GWEI).toString(16).padStart(10, "0"),
      (10n * GWEI).toString(16).padStart(10, "0"),
    ];
    return fromHex(`0x${hex.replace(`85${tip}85${cap}`, `85${cap}85${tip}`)}`);
  }

  test("a legacy transaction that names no chain", async () => {
    const signed = await testAccount(0).signTransaction({
      type: "legacy",
      nonce: 0,
      gasPrice: 2n * GWEI,
      gas: 21_000n,
      to: "0x00000000000000000000000000000000000000aa",
    });
    recover.mockClear();
    expect(await codeOrDone(createPool().pool.add(fromHex(signed)))).toBe("POOL_UNPROTECTED");
    expect(recover).not.toHaveBeenCalled();
  });

  test("a signature whose s is high", async () => {
    const raw = await withSignature({}, undefined, "f".repeat(60));
    recover.mockClear();
    expect(await codeOrDone(createPool().pool.add(raw))).not.toBe("done");
    expect(recover).not.toHaveBeenCalled();
  });

  test("types that are not taken, what is too long, and what is no transaction", async () => {
    const { pool } = createPool();
    for (const raw of [
      fromHex("0x7ec0"),
      fromHex("0x03c0"),
      new Uint8Array(110_001).fill(2),
      fromHex("0x02c0"),
    ]) {
      expect(await codeOrDone(pool.add(raw))).not.toBe("done");
    }
    expect(recover).not.toHaveBeenCalled();
  });
});

describe("a sender is recovered once of", () => {
  test("a transaction whose signature is not valid, however often it is sent", async () => {
    const { pool } = createPool();
    const raw = await withSignature({}, NO_POINT, SOME_S);
    recover.mockClear();
    for (let times = 0; times < 100; times++) {
      expect(await codeOrDone(pool.add(raw))).toBe("POOL_INVALID_SENDER");
    }
    expect(recover).toHaveBeenCalledTimes(1);
  });

  test("a transaction that its account cannot pay, however often it is sent, and once it can", async () => {
    const { pool, view } = createPool();
    const raw = await signTx({ value: 7n * 10n ** 20n });
    recover.mockClear();
    for (let times = 0; times < 100; times++) {
      expect(await codeOrDone(pool.add(raw))).toBe("POOL_INSUFFICIENT_FUNDS");
    }
    view.balances.set(testAccount(0).address.toLowerCase() as `0x${string}`, 10n ** 21n);
    expect(await codeOrDone(pool.add(raw))).toBe("done");
    expect(recover).toHaveBeenCalledTimes(1);
  });
});

test("a thousand transactions without a valid signature at once let others run in between", async () => {
  const { pool } = createPool();
  const first = await withSignature({}, NO_POINT, SOME_S);
  // Each has another r or s, none was seen before.
  const flood = Array.from({ length: 1_000 }, (_item, index) => {
    const raw = first.slice();
    raw.set(fromHex(`0x${(index + 1).toString(16).padStart(8, "0")}`), raw.length - 8);
    return raw;
  });
  let refused = 0;
  const perTurn: number[] = [];
  const all = Promise.all(
    flood.map(async (raw) => {
      expect(await codeOrDone(pool.add(raw))).toBe("POOL_INVALID_SENDER");
      refused++;
    }),
  );
  for (let before = 0; refused < flood.length; before = refused) {
    await new Promise((resolve) => setImmediate(resolve));
    perTurn.push(refused - before);
  }
  await all;
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(64);
  expect(perTurn.length).toBeGreaterThanOrEqual(15);
});
