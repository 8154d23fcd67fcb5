import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { getAddress, toFunctionSelector } from "viem";
import { L1CrossDomainMessenger } from "../../../src/contracts/generated/L1CrossDomainMessenger.js";
import { L2CrossDomainMessenger } from "../../../src/contracts/generated/L2CrossDomainMessenger.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { withdrawalHash } from "../../../src/protocol/withdrawal.js";
import { type Address, fromHex, type Hex, ZERO_ADDRESS } from "../../../src/util/hex.js";
import {
  deliverOnL1,
  deliverOnL2,
  eventNamed,
  eventNames,
  type Message,
  type Messengers,
  messageHash,
  NONCE_VERSION_1,
  relayCall,
  setTargetMode,
  startMessengers,
  TARGET_MODE,
} from "./messengers.js";
import { ALICE, BOB } from "./predeployChain.js";

let on: Messengers;
beforeAll(async () => {
  on = await startMessengers();
});
afterAll(() => on.chain.stop());

let nonces = 0n;
function message(fields: Partial<Message> = {}): Message {
  nonces += 1n;
  const sender = ALICE.address;
  return {
    nonce: NONCE_VERSION_1 + 1_000n + nonces,
    sender,
    target: on.target,
    value: 0n,
    minGasLimit: 50_000n,
    data: "0xabcdef",
    ...fields,
  };
}

async function isFailed(sent: Message) {
  return on.chain.read<boolean>({
    ...on.l2,
    functionName: "failedMessages",
    args: [messageHash(sent)],
  });
}

async function isSuccessful(sent: Message) {
  return on.chain.read<boolean>({
    ...on.l2,
    functionName: "successfulMessages",
    args: [messageHash(sent)],
  });
}

/** Name of the error that a relay by `from` reverts with. */
function relayRevert(sent: Message, fields: { from?: Address; value?: bigint; gas?: bigint } = {}) {
  const { nonce, sender, target, value, minGasLimit, data } = sent;
  const args = [nonce, sender, target, value, minGasLimit, data];
  return on.chain.revertOf({
    ...on.l2,
    functionName: "relayMessage",
    args,
    from: BOB.address,
    ...fields,
  });
}

describe("sending", () => {
  test("the relay selector is the one that tools know", () => {
    expect(toFunctionSelector("relayMessage(uint256,address,address,uint256,uint256,bytes)")).toBe(
      "0xd764ad0b",
    );
    expect(relayCall(message()).slice(0, 10)).toBe("0xd764ad0b");
  });

  test("on L1 a message becomes a deposit to the L2 messenger with the gas of baseGas", async () => {
    const nonce = await on.chain.read<bigint>({ ...on.l1, functionName: "messageNonce" });
    expect(nonce >> 240n).toBe(1n);
    const args = [on.target, "0x1234", 77_000];
    const receipt = await on.chain.write({
      ...on.l1,
      functionName: "sendMessage",
      args,
      value: 5n,
    });
    expect(eventNames(receipt)).toEqual(["Deposited", "SentMessage", "SentMessageExtension1"]);
    const gasLimit = await on.chain.read<bigint>({
      ...on.l1,
      functionName: "baseGas",
      args: ["0x1234", 77_000],
    });
    const sent = {
      nonce,
      sender: ALICE.address,
      target: on.target,
      value: 5n,
      minGasLimit: 77_000n,
      data: "0x1234" as Hex,
    };
    expect(eventNamed(receipt, "Deposited").args).toMatchObject({
      to: on.l2.address,
      value: 5n,
      gasLimit,
      data: relayCall(sent),
    });
    expect(eventNamed(receipt, "SentMessage").args).toEqual({
      target: getAddress(on.target),
      sender: ALICE.address,
      message: "0x1234",
      messageNonce: nonce,
      gasLimit: 77_000n,
    });
    expect(eventNamed(receipt, "SentMessageExtension1").args).toEqual({
      sender: ALICE.address,
      value: 5n,
    });
    expect(await on.chain.read<bigint>({ ...on.l1, functionName: "messageNonce" })).toBe(
      nonce + 1n,
    );
  });

  test("on L2 a message becomes a withdrawal to the L1 messenger with the gas of baseGas", async () => {
    const nonce = await on.chain.read<bigint>({ ...on.l2, functionName: "messageNonce" });
    const args = [on.target, "0x5678", 88_000];
    const receipt = await on.chain.write({
      ...on.l2,
      functionName: "sendMessage",
      args,
      value: 7n,
    });
    expect(eventNames(receipt)).toEqual(["MessagePassed", "SentMessage", "SentMessageExtension1"]);
    const gasLimit = await on.chain.read<bigint>({
      ...on.l2,
      functionName: "baseGas",
      args: ["0x5678", 88_000],
    });
    const sent = {
      nonce,
      sender: ALICE.address,
      target: on.target,
      value: 7n,
      minGasLimit: 88_000n,
      data: "0x5678" as Hex,
    };
    const passed = eventNamed(receipt, "MessagePassed").args;
    expect(passed).toMatchObject({
      sender: on.l2.address,
      value: 7n,
      gasLimit,
      data: relayCall(sent),
    });
    expect((passed.target as string).toLowerCase()).toBe(on.l1.address.toLowerCase());
    expect(passed.withdrawalHash).toBe(
      withdrawalHash({
        nonce: passed.nonce as bigint,
        sender: on.l2.address,
        target: on.l1.address.toLowerCase() as Address,
        value: 7n,
        gasLimit,
        data: fromHex(relayCall(sent)),
      }),
    );
  });

  test("a message to the other messenger is refused where it is sent", async () => {
    const send = { functionName: "sendMessage", value: 1n };
    expect(await on.chain.revertOf({ ...on.l1, ...send, args: [on.l2.address, "0x", 0] })).toBe(
      "CrossDomainMessengerTargetBlocked",
    );
    expect(await on.chain.revertOf({ ...on.l2, ...send, args: [on.l1.address, "0x", 0] })).toBe(
      "CrossDomainMessengerTargetBlocked",
    );
  });

  test("baseGas is the sum of its published constants, and at least the floor of EIP-7623", async () => {
    for (const [length, minGas] of [
      [0, 0],
      [1, 21_000],
      [4_000, 1_000_000],
      [50_000, 0],
      [100_000, 4_294_967_295],
    ] as const) {
      const size = BigInt(length) + 260n;
      const metered = 285_000n + (BigInt(minGas) * 64n) / 63n + 16n * size;
      const expected = 21_000n + (metered > 40n * size ? metered : 40n * size);
      const args = [`0x${"11".repeat(length)}`, minGas];
      expect(
        await on.chain.read<bigint>({ ...on.l1, functionName: "baseGas", args, gas: 30_000_000n }),
      ).toBe(expected);
    }
  });

  test("nobody can pause, and the constants are those that tools read", async () => {
    expect(await on.chain.read({ ...on.l2, functionName: "paused" })).toBe(false);
    expect(await on.chain.read({ ...on.l2, functionName: "MESSAGE_VERSION" })).toBe(1);
    expect(await on.chain.read({ ...on.l1, functionName: "PORTAL" })).toBe(
      await on.chain.read({ ...on.l1, functionName: "portal" }),
    );
  });
});

describe("initializing the L1 messenger", () => {
  const other = PREDEPLOYS.L2CrossDomainMessenger;
  test.each([
    ["without a portal", { portal: ZERO_ADDRESS, otherMessenger: other }],
    ["without a counterpart", { portal: other, otherMessenger: ZERO_ADDRESS }],
  ])("%s it reverts", async (_, initialization) => {
    const address = await on.chain.deploy(L1CrossDomainMessenger);
    const call = {
      address,
      abi: L1CrossDomainMessenger.abi,
      functionName: "initialize",
      args: [initialization],
    };
    expect(await on.chain.revertOf(call)).toBe("CrossDomainMessengerInitialization");
  });

  test("a second time it reverts", async () => {
    const args = [{ portal: ALICE.address, otherMessenger: ALICE.address }];
    expect(await on.chain.revertOf({ ...on.l1, functionName: "initialize", args })).toBe(
      "CrossDomainMessengerInitialization",
    );
  });

  test("the L2 messenger has no initializer", () => {
    expect(
      L2CrossDomainMessenger.abi.some(
        (item) => "name" in item && /^initialize/.test(item.name as string),
      ),
    ).toBe(false);
  });
});

describe("relaying", () => {
  beforeAll(() => setTargetMode(on.chain, on.target, TARGET_MODE.accept));

  test("the target sees messenger, sender, value and data", async () => {
    const sent = message({ value: 9n });
    const receipt = await deliverOnL2(on, sent);
    expect(eventNames(receipt)).toEqual(["Called", "RelayedMessage"]);
    expect(eventNamed(receipt, "Called").args).toMatchObject({
      sender: on.l2.address,
      xDomainSender: sent.sender,
      value: 9n,
      data: sent.data,
    });
    expect(eventNamed(receipt, "RelayedMessage").args).toEqual({ msgHash: messageHash(sent) });
    expect([await isSuccessful(sent), await isFailed(sent)]).toEqual([true, false]);
  });

  test("on L1 it works the same way through the portal", async () => {
    const sent = message({ value: 9n });
    const receipt = await deliverOnL1(on, sent, 500_000n);
    expect(eventNames(receipt)).toEqual(["Called", "RelayedMessage", "Finalized"]);
  });

  test("outside of a relay nobody is the sender", async () => {
    expect(await on.chain.revertOf({ ...on.l2, functionName: "xDomainMessageSender" })).toBe(
      "CrossDomainMessengerNotRelaying",
    );
  });

  test("another nonce version is refused", async () => {
    for (const version of [0n, 2n, 0xffffn]) {
      expect(await relayRevert(message({ nonce: version << 240n }), { from: on.alias })).toBe(
        "CrossDomainMessengerVersion",
      );
    }
  });

  test("only the other messenger delivers first", async () => {
    expect(await relayRevert(message())).toBe("CrossDomainMessengerNotReplayable");
    // The L1 messenger's own address is somebody else on L2.
    expect(await relayRevert(message(), { from: on.l1.address })).toBe(
      "CrossDomainMessengerNotReplayable",
    );
    // On L1 the portal speaks for the L2 messenger only.
    const sent = message();
    const receipt = await deliverOnL1(on, sent, 500_000n, BOB.address);
    expect(eventNamed(receipt, "Finalized").args).toEqual({ success: false });
  });

  test("the value must be the message's", async () => {
    expect(await relayRevert(message({ value: 2n }), { from: on.alias, value: 1n })).toBe(
      "CrossDomainMessengerValue",
    );
  });

  test("blocked targets: the messenger itself, the message passer, and the portal on L1", async () => {
    for (const target of [on.l2.address, PREDEPLOYS.L2ToL1MessagePasser]) {
      expect(await relayRevert(message({ target }), { from: on.alias })).toBe(
        "CrossDomainMessengerTargetBlocked",
      );
    }
    for (const target of [on.l1.address, on.portal]) {
      const receipt = await deliverOnL1(on, message({ target }), 500_000n);
      expect(eventNames(receipt)).toEqual(["Finalized"]);
      expect(eventNamed(receipt, "Finalized").args).toEqual({ success: false });
    }
  });

  test("a delivered message cannot be delivered again, by anybody", async () => {
    const sent = message();
    await deliverOnL2(on, sent);
    expect(await relayRevert(sent, { from: on.alias })).toBe("CrossDomainMessengerAlreadyRelayed");
    expect(await relayRevert(sent)).toBe("CrossDomainMessengerNotReplayable");
  });
});
