import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseEventLogs, type TransactionReceipt } from "viem";
import { MessengerTargetMock } from "../../../src/contracts/generated/MessengerTargetMock.js";
import { WETH9 } from "../../../src/contracts/generated/WETH9.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import type { Address } from "../../../src/util/hex.js";
import {
  ALICE,
  BOB,
  type PredeployChain,
  startPredeployChain,
} from "../universal/predeployChain.js";

const weth = { address: PREDEPLOYS.WETH9 as Address, abi: WETH9.abi };

let chain: PredeployChain;
beforeAll(async () => {
  chain = await startPredeployChain();
  await chain.putPredeploys(ALICE.address, ALICE.address, ALICE.address);
});
afterAll(() => chain.stop());

const balance = (account: Address) =>
  chain.read<bigint>({ ...weth, functionName: "balanceOf", args: [account] });
const names = (receipt: TransactionReceipt) =>
  parseEventLogs({ abi: weth.abi, logs: receipt.logs }).map((event) => event.eventName);

test("it has the names everybody expects", async () => {
  const answers = ["name", "symbol", "decimals"].map((functionName) =>
    chain.read({ ...weth, functionName }),
  );
  expect(await Promise.all(answers)).toEqual(["Wrapped Ether", "WETH", 18]);
});

test("ETH is wrapped by a call or a transfer, and unwrapped", async () => {
  expect(names(await chain.write({ ...weth, functionName: "deposit", value: 100n }))).toEqual([
    "Deposit",
  ]);
  expect(names(await chain.send({ from: ALICE.address, to: weth.address, value: 20n }))).toEqual([
    "Deposit",
  ]);
  expect([
    await balance(ALICE.address),
    await chain.read({ ...weth, functionName: "totalSupply" }),
  ]).toEqual([120n, 120n]);
  expect(names(await chain.write({ ...weth, functionName: "withdraw", args: [20n] }))).toEqual([
    "Withdrawal",
  ]);
  expect([
    await balance(ALICE.address),
    await chain.client.getBalance({ address: weth.address }),
  ]).toEqual([100n, 100n]);
  expect(await chain.revertOf({ ...weth, functionName: "withdraw", args: [101n] })).toBe(
    "WETH9Balance",
  );
});

test("tokens move within balance and allowance", async () => {
  expect(
    names(await chain.write({ ...weth, functionName: "transfer", args: [BOB.address, 10n] })),
  ).toEqual(["Transfer"]);
  expect(
    await chain.revertOf({ ...weth, functionName: "transfer", args: [BOB.address, 91n] }),
  ).toBe("WETH9Balance");
  const take = {
    ...weth,
    functionName: "transferFrom",
    args: [ALICE.address, BOB.address, 5n],
    from: BOB.address,
  };
  expect(await chain.revertOf(take)).toBe("WETH9Allowance");
  await chain.write({ ...weth, functionName: "approve", args: [BOB.address, 6n] });
  await chain.write(take);
  expect(
    await chain.read({ ...weth, functionName: "allowance", args: [ALICE.address, BOB.address] }),
  ).toBe(1n);
  await chain.write({ ...weth, functionName: "approve", args: [BOB.address, 2n ** 256n - 1n] });
  await chain.write(take);
  expect(
    await chain.read({ ...weth, functionName: "allowance", args: [ALICE.address, BOB.address] }),
  ).toBe(2n ** 256n - 1n);
  expect([await balance(ALICE.address), await balance(BOB.address)]).toEqual([80n, 20n]);
});

test("a holder that refuses ETH keeps its tokens", async () => {
  const holder = await chain.deploy(MessengerTargetMock);
  await chain.write({
    address: holder,
    abi: MessengerTargetMock.abi,
    functionName: "setMode",
    args: [1],
  });
  await chain.write({ ...weth, functionName: "transfer", args: [holder, 1n] });
  expect(
    await chain.revertOf({ ...weth, functionName: "withdraw", args: [1n], from: holder }),
  ).toBe("WETH9TransferFailed");
});

test("a function that does not exist is refused, unlike in the original", async () => {
  const permit = {
    type: "function",
    name: "permit",
    inputs: [],
    outputs: [],
    stateMutability: "nonpayable",
  };
  expect(await chain.revertOf({ ...weth, abi: [permit], functionName: "permit" })).not.toBe("none");
});
