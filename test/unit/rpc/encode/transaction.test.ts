import { expect, test } from "@jest/globals";
import { parseTransaction, type TransactionSerializable } from "viem";
import type { FoundTransaction } from "../../../../src/engine/types.js";
import { encodeTransaction } from "../../../../src/rpc/encode/transaction.js";
import { fromHex } from "../../../../src/util/hex.js";
import { keccakHex } from "../../../../src/util/keccak.js";
import { accounts, addressOf } from "../../../helpers/gatewayHarness.js";

const TO = "0x00000000000000000000000000000000000000aa";
const KEY = `0x${"07".repeat(32)}` as const;

async function encode(tx: TransactionSerializable, isIncluded = true) {
  const signed = await accounts[0].signTransaction(tx);
  const raw = fromHex(signed);
  const hash = keccakHex(raw);
  const found: FoundTransaction = {
    hash,
    raw,
    from: addressOf(accounts[0]),
    block: isIncluded ? { hash, number: 7n, timestamp: 9n, baseFeePerGas: 5n } : null,
    index: isIncluded ? 1 : null,
    depositNonce: null,
  };
  return { json: encodeTransaction(found), parsed: parseTransaction(signed) };
}

test("a legacy transaction shows its chain only if it is protected", async () => {
  const fields = {
    type: "legacy",
    nonce: 3,
    gasPrice: 6n,
    gas: 21_000n,
    to: TO,
    value: 1n,
  } as const;
  const { json, parsed } = await encode({ ...fields, chainId: 901 });
  expect(json).toMatchObject({
    type: "0x0",
    chainId: "0x385",
    gasPrice: "0x6",
    nonce: "0x3",
    to: TO,
  });
  expect(BigInt(String(json.v))).toBe(parsed.v);
  expect(json).not.toHaveProperty("yParity");
  const unprotected = (await encode(fields)).json;
  expect(unprotected).not.toHaveProperty("chainId");
  expect(["0x1b", "0x1c"]).toContain(unprotected.v);
});

test("an access list transaction shows list, parity and price", async () => {
  const accessList = [{ address: TO, storageKeys: [KEY] }] as const;
  const { json, parsed } = await encode({
    type: "eip2930",
    chainId: 901,
    nonce: 0,
    gasPrice: 6n,
    gas: 30_000n,
    data: "0x1234",
    accessList,
  });
  expect(json).toMatchObject({
    type: "0x1",
    to: null,
    input: "0x1234",
    accessList,
    gasPrice: "0x6",
  });
  expect(json.yParity).toBe(`0x${parsed.yParity}`);
  expect(BigInt(String(json.r))).toBe(BigInt(parsed.r ?? 0));
});

test("the price of a fee market transaction is what it paid, or its cap while it is pending", async () => {
  const fields = {
    type: "eip1559",
    chainId: 901,
    nonce: 0,
    gas: 21_000n,
    to: TO,
    maxPriorityFeePerGas: 2n,
  } as const;
  expect((await encode({ ...fields, maxFeePerGas: 100n })).json.gasPrice).toBe("0x7");
  expect((await encode({ ...fields, maxFeePerGas: 6n })).json.gasPrice).toBe("0x6");
  const pending = (await encode({ ...fields, maxFeePerGas: 100n }, false)).json;
  expect(pending).toMatchObject({
    gasPrice: "0x64",
    blockHash: null,
    blockNumber: null,
    blockTimestamp: null,
  });
});

test("a set-code transaction shows its authorizations", async () => {
  const authorization = await accounts[1].signAuthorization({
    chainId: 901,
    address: TO,
    nonce: 4,
  });
  const { json, parsed } = await encode({
    type: "eip7702",
    chainId: 901,
    nonce: 0,
    gas: 80_000n,
    to: TO,
    maxFeePerGas: 100n,
    maxPriorityFeePerGas: 2n,
    authorizationList: [authorization],
  });
  expect(json).toMatchObject({
    type: "0x4",
    yParity: `0x${parsed.yParity}`,
    authorizationList: [
      { chainId: "0x385", address: TO, nonce: "0x4", yParity: `0x${authorization.yParity}` },
    ],
  });
  const [shown] = json.authorizationList as { r: string; s: string }[];
  expect(BigInt(shown?.r ?? 0)).toBe(BigInt(authorization.r));
  expect(BigInt(shown?.s ?? 0)).toBe(BigInt(authorization.s));
});
