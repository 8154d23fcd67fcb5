import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeFunctionData, toFunctionSelector } from "viem";
import { MessengerPortalMock } from "../../../src/contracts/generated/MessengerPortalMock.js";
import { MessengerTargetMock } from "../../../src/contracts/generated/MessengerTargetMock.js";
import type { Address } from "../../../src/util/hex.js";
import {
  deliverOnL1,
  deliverOnL2,
  eventNamed,
  eventNames,
  eventsOf,
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

function messengerBalance() {
  return on.chain.client.getBalance({ address: on.l2.address });
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

describe("failing and replaying", () => {
  test.each([
    ["reverts", TARGET_MODE.revert],
    ["burns all its gas", TARGET_MODE.burnAllGas],
    ["returns a megabyte", TARGET_MODE.returnMuch],
  ])(
    "a target that %s leaves the message, with its ETH, for anybody to replay",
    async (_, mode) => {
      await setTargetMode(on.chain, on.target, mode);
      const before = await messengerBalance();
      const sent = message({ value: 11n });
      const first = await deliverOnL2(on, sent, 1_000_000n);
      expect([first.status, eventNames(first)]).toEqual(["success", ["FailedRelayedMessage"]]);
      expect(await messengerBalance()).toBe(before + 11n);

      const again = await on.chain.send({
        from: BOB.address,
        to: on.l2.address,
        data: relayCall(sent),
        gas: 1_000_000n,
      });
      expect([again.status, eventNames(again)]).toEqual(["success", ["FailedRelayedMessage"]]);
      expect(await relayRevert(sent, { value: 11n })).toBe("CrossDomainMessengerReplayValue");
      expect(await messengerBalance()).toBe(before + 11n);

      await setTargetMode(on.chain, on.target, TARGET_MODE.accept);
      const replay = await on.chain.send({
        from: BOB.address,
        to: on.l2.address,
        data: relayCall(sent),
      });
      expect(eventNames(replay)).toEqual(["Called", "RelayedMessage"]);
      expect(eventNamed(replay, "Called").args).toMatchObject({
        xDomainSender: sent.sender,
        value: 11n,
      });
      expect(await messengerBalance()).toBe(before);
      expect([await isSuccessful(sent), await isFailed(sent)]).toEqual([true, true]);
      expect(await relayRevert(sent)).toBe("CrossDomainMessengerAlreadyRelayed");
    },
  );

  test("a target that re-enters with another failed message cannot touch it", async () => {
    await setTargetMode(on.chain, on.target, TARGET_MODE.revert);
    const victim = message({ value: 3n });
    await deliverOnL2(on, victim);
    const attacker = await on.chain.deploy(MessengerTargetMock);
    const args = [on.l2.address, relayCall(victim)];
    await on.chain.write({
      address: attacker,
      abi: MessengerTargetMock.abi,
      functionName: "setCallBack",
      args,
    });
    await setTargetMode(on.chain, on.target, TARGET_MODE.accept);

    const receipt = await deliverOnL2(on, message({ target: attacker, minGasLimit: 1_000_000n }));
    expect(eventNames(receipt)).toEqual(["Called", "CalledBack", "RelayedMessage"]);
    const calledBack = eventNamed(receipt, "CalledBack").args;
    expect(calledBack.success).toBe(false);
    expect(calledBack.answer).toBe(toFunctionSelector("CrossDomainMessengerReentrant()"));
    expect([await isSuccessful(victim), await isFailed(victim)]).toEqual([false, true]);

    const replay = await on.chain.send({
      from: BOB.address,
      to: on.l2.address,
      data: relayCall(victim),
    });
    expect(eventNames(replay)).toEqual(["Called", "RelayedMessage"]);
  });

  test("a first delivery inside of another relay is kept for a replay", async () => {
    // The target poses as the portal's caller: it finalizes the victim's withdrawal while its own message is relayed.
    const victim = message({ value: 0n });
    const attacker = await on.chain.deploy(MessengerTargetMock);
    const finalize = encodeFunctionData({
      abi: MessengerPortalMock.abi,
      functionName: "finalize",
      args: [on.l2.address, on.l1.address, 500_000n, relayCall(victim)],
    });
    await on.chain.write({
      address: attacker,
      abi: MessengerTargetMock.abi,
      functionName: "setCallBack",
      args: [on.portal, finalize],
    });
    const receipt = await deliverOnL1(
      on,
      message({ target: attacker, minGasLimit: 2_000_000n }),
      3_000_000n,
    );
    const names = eventsOf(receipt)
      .filter((event) => event.address === on.l1.address.toLowerCase())
      .map((event) => event.eventName);
    expect(names).toEqual(["FailedRelayedMessage", "RelayedMessage"]);

    const replay = await on.chain.send({
      from: BOB.address,
      to: on.l1.address,
      data: relayCall(victim),
    });
    expect(eventNames(replay)).toEqual(["Called", "RelayedMessage"]);
  });

  test("a failure reverts when gas is estimated from address 1, so that the estimate counts the target", async () => {
    await setTargetMode(on.chain, on.target, TARGET_MODE.revert);
    const sent = message();
    await deliverOnL2(on, sent);
    expect(await relayRevert(sent, { from: `0x${"1".padStart(40, "0")}` })).toBe(
      "CrossDomainMessengerEstimationFailed",
    );
    await setTargetMode(on.chain, on.target, TARGET_MODE.accept);
  });
});
