import { createMPT } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fromHex, toHex } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import {
  accounts,
  addressOf,
  GatewayHarness,
  RECIPIENT,
  signTx,
} from "../../helpers/gatewayHarness.js";

// What methods do beyond the form of their answers.

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open();
});
afterAll(() => harness.close());

const WORD_42 = `0x${"2a".padStart(64, "0")}`;
const SENDER = addressOf(accounts[0]);

test("calls take authorizations: the account runs the code it delegates to", async () => {
  const address = harness.seeded.contract;
  const signed = await accounts[1].signAuthorization({ chainId: 901, address, nonce: 0 });
  const hex = (value: number | bigint | undefined) => `0x${(value ?? 0).toString(16)}`;
  const authorization = {
    chainId: hex(signed.chainId),
    address,
    nonce: hex(signed.nonce),
    yParity: hex(signed.yParity),
    r: hex(BigInt(signed.r)),
    s: hex(BigInt(signed.s)),
  };
  const call = { from: SENDER, to: addressOf(accounts[1]) };
  const withList = { ...call, authorizationList: [authorization] };
  expect((await harness.rpc("eth_call", [call])).result).toBe("0x");
  expect((await harness.rpc("eth_call", [withList])).result).toBe(WORD_42);
  const { result } = await harness.rpc("eth_estimateGas", [withList]);
  expect(Number(result)).toBeGreaterThan(46_000);
});

test("raw headers, blocks and receipts hash to what the block says", async () => {
  for (const number of ["0x0", "0x1", "0x3"]) {
    const found = await harness.rpc("eth_getBlockByNumber", [number, false]);
    const { hash, receiptsRoot, size } = found.result as Record<string, string>;
    const raw = async (method: string) => (await harness.rpc(method, [number])).result;
    expect(keccakHex(fromHex(String(await raw("debug_getRawHeader"))))).toBe(hash);
    expect(fromHex(String(await raw("debug_getRawBlock"))).length).toBe(Number(size));
    const trie = await createMPT();
    const receipts = (await raw("debug_getRawReceipts")) as string[];
    for (const [index, envelope] of receipts.entries()) {
      await trie.put(RLP.encode(index), fromHex(envelope));
    }
    expect(toHex(trie.root())).toBe(receiptsRoot);
  }
});

test("a transaction sent synchronously is answered with its receipt as soon as a block has it", async () => {
  const raw = await signTx({ nonce: 4, to: RECIPIENT, value: 1n });
  const answered = harness.rpc("eth_sendRawTransactionSync", [toHex(raw)]);
  const hash = keccakHex(raw);
  while (!harness.seeded.chain.engine.pool.get(hash)) await new Promise(setImmediate);
  await harness.seeded.chain.mine([], { noTxPool: false });
  expect((await answered).result).toMatchObject({ transactionHash: hash, status: "0x1" });
});

test("a transaction sent synchronously that no block takes is named in the error", async () => {
  const raw = await signTx({ nonce: 9, to: RECIPIENT, value: 1n });
  const answered = harness.rpc("eth_sendRawTransactionSync", [toHex(raw), "0x64"]);
  const hash = keccakHex(raw);
  while (!harness.seeded.chain.engine.pool.get(hash)) await new Promise(setImmediate);
  await harness.clock.advance(200);
  expect((await answered).error).toMatchObject({ code: 4, data: hash });
});
