import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseEventLogs, type TransactionReceipt } from "viem";
import { L2ToL1MessagePasser } from "../../../src/contracts/generated/L2ToL1MessagePasser.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { sentMessageSlot, withdrawalHash } from "../../../src/protocol/withdrawal.js";
import { type Address, fromHex, type Hash, type Hex } from "../../../src/util/hex.js";
import {
  ALICE,
  BOB,
  type PredeployChain,
  startPredeployChain,
} from "../universal/predeployChain.js";

const passer = { address: PREDEPLOYS.L2ToL1MessagePasser as Address, abi: L2ToL1MessagePasser.abi };
const TARGET: Address = "0x00000000000000000000000000000000000f00d5";

let chain: PredeployChain;
beforeAll(async () => {
  chain = await startPredeployChain();
  await chain.putPredeploys(ALICE.address, ALICE.address, ALICE.address);
});
afterAll(() => chain.stop());

function passed(receipt: TransactionReceipt) {
  const [event] = parseEventLogs({
    abi: passer.abi,
    logs: receipt.logs,
    eventName: "MessagePassed",
  });
  return event?.args as {
    nonce: bigint;
    sender: Address;
    target: Address;
    value: bigint;
    gasLimit: bigint;
    data: Hex;
    withdrawalHash: Hash;
  };
}

function hashOf(event: ReturnType<typeof passed>): Hash {
  const { sender, target, data, ...rest } = event;
  return withdrawalHash({
    ...rest,
    sender: sender.toLowerCase() as Address,
    target: target.toLowerCase() as Address,
    data: fromHex(data),
  });
}

test("nonces have version 1 and count from 0", async () => {
  expect(await chain.read({ ...passer, functionName: "MESSAGE_VERSION" })).toBe(1);
  expect(await chain.read({ ...passer, functionName: "messageNonce" })).toBe(1n << 240n);
});

test("a withdrawal is logged and marked at the slot that proofs open", async () => {
  for (const [index, data] of (["0x", "0x12", `0x${"ab".repeat(100)}`] as const).entries()) {
    const args = [TARGET, 123_456n, data];
    const receipt = await chain.write({
      ...passer,
      functionName: "initiateWithdrawal",
      args,
      value: 5n,
    });
    const event = passed(receipt);
    expect(event).toMatchObject({
      nonce: (1n << 240n) + BigInt(index),
      sender: ALICE.address,
      value: 5n,
      gasLimit: 123_456n,
      data,
    });
    expect(event.withdrawalHash).toBe(hashOf(event));
    expect(
      await chain.read({ ...passer, functionName: "sentMessages", args: [event.withdrawalHash] }),
    ).toBe(true);
    const slot = sentMessageSlot(event.withdrawalHash);
    expect(BigInt((await chain.client.getStorageAt({ address: passer.address, slot })) ?? 0)).toBe(
      1n,
    );
  }
  expect(
    await chain.read({
      ...passer,
      functionName: "sentMessages",
      args: [sentMessageSlot(`0x${"11".repeat(32)}`)],
    }),
  ).toBe(false);
});

test("plain ETH is withdrawn to its sender with 100,000 gas", async () => {
  const event = passed(await chain.send({ from: BOB.address, to: passer.address, value: 3n }));
  expect(event).toMatchObject({
    sender: BOB.address,
    target: BOB.address,
    value: 3n,
    gasLimit: 100_000n,
    data: "0x",
  });
  expect(event.withdrawalHash).toBe(hashOf(event));
});

test("anybody can burn the ETH that left, and nothing else changes", async () => {
  const held = await chain.client.getBalance({ address: passer.address });
  expect(held).toBe(18n);
  const nonce = await chain.read({ ...passer, functionName: "messageNonce" });
  const receipt = await chain.write({ ...passer, functionName: "burn", from: BOB.address });
  const [event] = parseEventLogs({ abi: passer.abi, logs: receipt.logs });
  expect(event).toMatchObject({ eventName: "WithdrawerBalanceBurnt", args: { amount: held } });
  expect(await chain.client.getBalance({ address: passer.address })).toBe(0n);
  expect(await chain.read({ ...passer, functionName: "messageNonce" })).toBe(nonce);
  // With nothing to burn it works, too.
  await chain.write({ ...passer, functionName: "burn" });
});
