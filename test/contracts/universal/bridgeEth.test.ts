import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { getAddress, type Hex } from "viem";
import { ZERO_ADDRESS } from "../../../src/util/hex.js";
import {
  bridgeEvents,
  contract,
  eth,
  LEGACY_ETH,
  l1,
  l2,
  on,
  RECIPIENT,
  relayToL1,
  relayToL2,
  startBridges,
} from "./bridges.js";
import { eventNamed, eventNames, setTargetMode, TARGET_MODE } from "./messengers.js";
import { ALICE, BOB } from "./predeployChain.js";

beforeAll(startBridges);
afterAll(() => on.chain.stop());

describe("ETH from L1 to L2", () => {
  test.each([
    ["bridgeETH", [100_000, "0xaa"], ALICE.address, "0xaa"],
    ["depositETH", [100_000, "0xaa"], ALICE.address, "0xaa"],
    ["bridgeETHTo", [RECIPIENT, 100_000, "0xbb"], RECIPIENT, "0xbb"],
    ["depositETHTo", [RECIPIENT, 100_000, "0xbb"], RECIPIENT, "0xbb"],
  ])("%s", async (functionName, args, to, extra) => {
    const sent = await on.chain.write({ ...l1, functionName, args, value: 1_000n });
    const words = [ALICE.address, getAddress(to), 1_000n, extra];
    expect(bridgeEvents(sent)).toEqual([
      ["ETHDepositInitiated", words],
      ["ETHBridgeInitiated", words],
    ]);
    expect(eventNamed(sent, "SentMessage").args).toMatchObject({
      sender: getAddress(l1.address),
      target: l2.address,
      gasLimit: 100_000n,
    });

    const before = await eth(RECIPIENT);
    const arrived = await relayToL2(sent);
    expect(eventNames(arrived)).toContain("RelayedMessage");
    expect(bridgeEvents(arrived)).toEqual([
      [
        "DepositFinalized",
        [ZERO_ADDRESS, LEGACY_ETH, ALICE.address, getAddress(to), 1_000n, extra],
      ],
      ["ETHBridgeFinalized", words],
    ]);
    if (to === RECIPIENT) expect(await eth(RECIPIENT)).toBe(before + 1_000n);
  });

  test("plain ETH sent to the bridge goes to the sender", async () => {
    const sent = await on.chain.send({ from: BOB.address, to: l1.address, value: 77n });
    const words = [BOB.address, BOB.address, 77n, "0x"];
    expect(bridgeEvents(sent)).toEqual([
      ["ETHDepositInitiated", words],
      ["ETHBridgeInitiated", words],
    ]);
    expect(eventNamed(sent, "SentMessage").args).toMatchObject({ gasLimit: 200_000n });
    expect(bridgeEvents(await relayToL2(sent))[1]).toEqual(["ETHBridgeFinalized", words]);
  });

  test("a recipient that refuses gets it by a replay later", async () => {
    await setTargetMode(on.chain, contract, TARGET_MODE.revert);
    const sent = await on.chain.write({
      ...l1,
      functionName: "bridgeETHTo",
      args: [contract, 100_000, "0x"],
      value: 5n,
    });
    expect(eventNames(await relayToL2(sent))).toEqual(["FailedRelayedMessage"]);
    await setTargetMode(on.chain, contract, TARGET_MODE.accept);
    const data = eventNamed(sent, "Deposited").args.data as Hex;
    const replay = await on.chain.send({ from: BOB.address, to: on.l2.address, data });
    expect(eventNames(replay)).toContain("RelayedMessage");
    expect(await eth(contract)).toBe(5n);
  });
});

describe("ETH from L2 to L1", () => {
  test.each([
    ["bridgeETH", [100_000, "0xaa"], ALICE.address, "0xaa"],
    ["bridgeETHTo", [RECIPIENT, 100_000, "0xbb"], RECIPIENT, "0xbb"],
    ["withdraw", [LEGACY_ETH, 1_000n, 100_000, "0xaa"], ALICE.address, "0xaa"],
    ["withdrawTo", [LEGACY_ETH, RECIPIENT, 1_000n, 100_000, "0xbb"], RECIPIENT, "0xbb"],
  ])("%s", async (functionName, args, to, extra) => {
    const sent = await on.chain.write({ ...l2, functionName, args, value: 1_000n });
    const words = [ALICE.address, getAddress(to), 1_000n, extra];
    const legacy = [ZERO_ADDRESS, LEGACY_ETH, ALICE.address, getAddress(to), 1_000n, extra];
    expect(bridgeEvents(sent)).toEqual([
      ["WithdrawalInitiated", legacy],
      ["ETHBridgeInitiated", words],
    ]);
    const before = await eth(RECIPIENT);
    const arrived = await relayToL1(sent);
    expect(eventNames(arrived)).toContain("RelayedMessage");
    expect(bridgeEvents(arrived)).toEqual([
      ["ETHWithdrawalFinalized", words],
      ["ETHBridgeFinalized", words],
    ]);
    if (to === RECIPIENT) expect(await eth(RECIPIENT)).toBe(before + 1_000n);
  });

  test("plain ETH sent to the bridge goes to the sender", async () => {
    const sent = await on.chain.send({ from: BOB.address, to: l2.address, value: 78n });
    const arrived = await relayToL1(sent);
    expect(bridgeEvents(arrived)[1]).toEqual([
      "ETHBridgeFinalized",
      [BOB.address, BOB.address, 78n, "0x"],
    ]);
  });

  test("withdraw of ETH wants the amount as value", async () => {
    const args = [LEGACY_ETH, 1_000n, 100_000, "0x"];
    expect(await on.chain.revertOf({ ...l2, functionName: "withdraw", args, value: 999n })).toBe(
      "StandardBridgeValue",
    );
  });
});
