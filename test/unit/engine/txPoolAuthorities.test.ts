import { describe, expect, test } from "@jest/globals";
import { decodeEnvelope } from "../../../src/engine/envelope.js";
import { fromHex } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import {
  addressOf,
  createPool,
  GWEI,
  POOL_CHAIN_ID,
  signTx,
  type TestTx,
  testAccount,
} from "../../helpers/poolHarness.js";

const CODE = "0x00000000000000000000000000000000000000cc";
const DELEGATION = fromHex(`0xef0100${"11".repeat(20)}`);

/** A type 4 transaction with authorizations of these accounts. */
async function signSetCode(tx: TestTx, authorities: number[], chainId = POOL_CHAIN_ID) {
  const authorizationList = await Promise.all(
    authorities.map((index) =>
      testAccount(index).signAuthorization({ address: CODE, chainId, nonce: 0 }),
    ),
  );
  return fromHex(
    await testAccount(tx.from ?? 0).signTransaction({
      type: "eip7702",
      chainId: POOL_CHAIN_ID,
      nonce: tx.nonce ?? 0,
      maxFeePerGas: tx.maxFeePerGas ?? 10n * GWEI,
      maxPriorityFeePerGas: tx.maxPriorityFeePerGas ?? GWEI,
      gas: 500_000n,
      value: tx.value ?? 0n,
      to: CODE,
      authorizationList,
    }),
  );
}

function open() {
  const { pool, view } = createPool();
  const send = async (raw: Uint8Array | Promise<Uint8Array>): Promise<string> => {
    try {
      await pool.add(await raw);
      return "accepted";
    } catch (error) {
      const { code, data } = error as { code: string; data: { reason?: string } };
      return [code, data.reason].filter(Boolean).join(" ");
    }
  };
  return { pool, view, send };
}

const DEARER = { maxFeePerGas: 20n * GWEI, maxPriorityFeePerGas: 2n * GWEI };

describe("an account that delegates to code", () => {
  test("has one transaction in the pool, which it may replace, and none with a gap", async () => {
    const { view, send } = open();
    view.codes.set(addressOf(testAccount(0)), DELEGATION);
    expect(await send(signTx({ nonce: 1 }))).toBe("POOL_DELEGATED gap");
    expect(await send(signTx({ nonce: 0 }))).toBe("accepted");
    expect(await send(signTx({ nonce: 1 }))).toBe("POOL_DELEGATED limit");
    expect(await send(signTx({ nonce: 7 }))).toBe("POOL_DELEGATED limit");
    expect(await send(signTx({ nonce: 0, ...DEARER }))).toBe("accepted");
  });

  test("may replace none that waited before it delegated", async () => {
    const { view, send } = open();
    expect(await send(signTx({ nonce: 2 }))).toBe("accepted");
    view.codes.set(addressOf(testAccount(0)), DELEGATION);
    expect(await send(signTx({ nonce: 2, ...DEARER }))).toBe("POOL_DELEGATED gap");
    expect(await send(signTx({ nonce: 0 }))).toBe("accepted");
  });
});

describe("an account whose authorization is in the pool", () => {
  test("has one transaction, and none with a gap, until the authorization is gone", async () => {
    const { pool, view, send } = open();
    const setCode = await signSetCode({ from: 0 }, [1, 2]);
    expect(await send(setCode)).toBe("accepted");
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("POOL_DELEGATED gap");
    expect(await send(signTx({ from: 1, nonce: 0 }))).toBe("accepted");
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("POOL_DELEGATED limit");
    expect(await send(signTx({ from: 2, nonce: 0 }))).toBe("accepted");
    expect(await send(signTx({ from: 3, nonce: 1 }))).toBe("accepted");
    view.nonces.set(addressOf(testAccount(0)), 1n);
    await pool.onHead([setCode], []);
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("accepted");
  });

  test("is free again when the transaction with it is replaced, and not while another one has it", async () => {
    const { send } = open();
    expect(await send(signSetCode({ from: 0 }, [1]))).toBe("accepted");
    expect(await send(signSetCode({ from: 2 }, [1]))).toBe("accepted");
    expect(await send(signTx({ from: 0, nonce: 0, ...DEARER }))).toBe("accepted");
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("POOL_DELEGATED gap");
    expect(await send(signTx({ from: 2, nonce: 0, ...DEARER }))).toBe("accepted");
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("accepted");
  });

  test("counts for itself too when it sends its own authorization", async () => {
    const { send } = open();
    expect(await send(signSetCode({ from: 1, nonce: 0 }, [1]))).toBe("accepted");
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("POOL_DELEGATED limit");
  });
});

describe("an authorization", () => {
  test("of an account with several transactions in the pool is refused, waiting ones counted", async () => {
    const { send } = open();
    expect(await send(signTx({ from: 1, nonce: 0 }))).toBe("accepted");
    expect(await send(signSetCode({ from: 0 }, [1]))).toBe("accepted");
    expect(await send(signTx({ from: 2, nonce: 0 }))).toBe("accepted");
    expect(await send(signTx({ from: 2, nonce: 5 }))).toBe("accepted");
    expect(await send(signSetCode({ from: 3 }, [4, 2]))).toBe("POOL_AUTHORITY_RESERVED");
    expect(await send(signSetCode({ from: 3 }, [4]))).toBe("accepted");
  });

  test("counts whatever chain it is for, and not if nobody has signed it", async () => {
    const { pool, send } = open();
    expect(await send(signSetCode({ from: 0 }, [1], 1))).toBe("accepted");
    expect(await send(signTx({ from: 1, nonce: 1 }))).toBe("POOL_DELEGATED gap");
    const raw = await signSetCode({ from: 2, nonce: 0 }, [3]);
    await pool.add(raw);
    const { authorizations } = decodeEnvelope(raw) as never as {
      authorizations: { authority: string }[];
    };
    expect(authorizations.map(({ authority }) => authority)).toEqual([addressOf(testAccount(3))]);
  });
});

test("what was accepted once comes back after a reorg with its authorizations", async () => {
  const { pool, view, send } = open();
  const setCode = await signSetCode({ from: 0 }, [1]);
  await pool.add(setCode);
  const own = [await signTx({ from: 1, nonce: 0 }), await signTx({ from: 1, nonce: 1 })];
  view.nonces.set(addressOf(testAccount(0)), 1n);
  await pool.onHead([setCode], []);
  view.nonces.set(addressOf(testAccount(1)), 2n);
  await pool.onHead(own, []);
  view.nonces.clear();
  await pool.onHead([], [setCode, ...own]);
  expect(pool.status()).toEqual({ pending: 3, queued: 0 });
  expect(pool.get(keccakHex(setCode))).toBeDefined();
  expect(await send(signTx({ from: 1, nonce: 2 }))).toBe("POOL_DELEGATED limit");
});
