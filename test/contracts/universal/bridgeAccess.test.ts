import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeFunctionData, getAddress, type Hex } from "viem";
import { L1StandardBridge } from "../../../src/contracts/generated/L1StandardBridge.js";
import { L2StandardBridge } from "../../../src/contracts/generated/L2StandardBridge.js";
import { MessengerTargetMock } from "../../../src/contracts/generated/MessengerTargetMock.js";
import { OptimismMintableERC20 } from "../../../src/contracts/generated/OptimismMintableERC20.js";
import { type Address, ZERO_ADDRESS } from "../../../src/util/hex.js";
import {
  bridgeEvents,
  contract,
  deliverFromBridge,
  l1,
  l2,
  mintable,
  on,
  RECIPIENT,
  startBridges,
  token,
} from "./bridges.js";
import { eventNames } from "./messengers.js";
import { ALICE, BOB } from "./predeployChain.js";

beforeAll(startBridges);
afterAll(() => on.chain.stop());

describe("who may call", () => {
  /** Error of a call made by a contract. */
  function revertOfContract(target: Address, data: Hex, value = 0n) {
    const abi = [
      ...MessengerTargetMock.abi,
      ...L2StandardBridge.abi.filter((item) => item.type === "error"),
    ];
    return on.chain.revertOf({
      address: contract,
      abi,
      functionName: "execute",
      args: [target, data],
      value,
    });
  }

  test("the functions without a recipient are not for contracts, those with one are", async () => {
    const bridgeEth = encodeFunctionData({
      abi: l1.abi,
      functionName: "bridgeETH",
      args: [0, "0x"],
    });
    const depositEth = encodeFunctionData({
      abi: l1.abi,
      functionName: "depositETH",
      args: [0, "0x"],
    });
    const bridgeToken = encodeFunctionData({
      abi: l1.abi,
      functionName: "bridgeERC20",
      args: [token, mintable, 1n, 0, "0x"],
    });
    const depositToken = encodeFunctionData({
      abi: l1.abi,
      functionName: "depositERC20",
      args: [token, mintable, 1n, 0, "0x"],
    });
    const withdraw = encodeFunctionData({
      abi: l2.abi,
      functionName: "withdraw",
      args: [mintable, 1n, 0, "0x"],
    });
    for (const data of [bridgeEth, depositEth, bridgeToken, depositToken, "0x"] as const) {
      expect(await revertOfContract(l1.address, data)).toBe("StandardBridgeCallerIsContract");
    }
    for (const data of [bridgeEth, bridgeToken, withdraw, "0x"] as const) {
      expect(await revertOfContract(l2.address, data)).toBe("StandardBridgeCallerIsContract");
    }
    const to = encodeFunctionData({
      abi: l1.abi,
      functionName: "bridgeETHTo",
      args: [RECIPIENT, 0, "0x"],
    });
    expect(await revertOfContract(l1.address, to, 1n)).toBe("none");
  });

  test("an account that delegates by EIP-7702 counts as one with a key", async () => {
    const delegated: Address = "0x00000000000000000000000000000000000de1e9";
    await on.chain.client.setCode({ address: delegated, bytecode: `0xef0100${contract.slice(2)}` });
    // Bob calls the delegated account, which calls the bridge: it is not the origin.
    const data = encodeFunctionData({ abi: l1.abi, functionName: "bridgeETH", args: [0, "0x"] });
    const call = {
      address: delegated,
      abi: MessengerTargetMock.abi,
      functionName: "execute",
      from: BOB.address,
      value: 1n,
    };
    const receipt = await on.chain.write({ ...call, args: [l1.address, data] });
    expect(bridgeEvents(receipt)[1]?.[1]?.[0]).toBe(getAddress(delegated));
  });

  test("only the other bridge, through the messenger, finalizes", async () => {
    const ethArgs = [ALICE.address, ALICE.address, 0n, "0x"];
    const tokenArgs = [token, mintable, ALICE.address, ALICE.address, 1n, "0x"];
    for (const bridge of [l1, l2]) {
      for (const [functionName, args] of [
        ["finalizeBridgeETH", ethArgs],
        ["finalizeBridgeERC20", tokenArgs],
      ] as const) {
        expect(await on.chain.revertOf({ ...bridge, functionName, args })).toBe(
          "StandardBridgeNotOtherBridge",
        );
      }
    }
    for (const [functionName, args] of [
      ["finalizeETHWithdrawal", ethArgs],
      ["finalizeERC20Withdrawal", tokenArgs],
    ] as const) {
      expect(await on.chain.revertOf({ ...l1, functionName, args })).toBe(
        "StandardBridgeNotOtherBridge",
      );
    }
    // Anybody can send messages, but then the sender is somebody else than the other bridge.
    const data = encodeFunctionData({
      abi: l1.abi,
      functionName: "finalizeBridgeETH",
      args: [ALICE.address, ALICE.address, 0n, "0x"],
    });
    expect(eventNames(await deliverFromBridge(l1.address, BOB.address, data))).toEqual([
      "FailedRelayedMessage",
      "Finalized",
    ]);
    expect(eventNames(await deliverFromBridge(l1.address, l2.address, data))).toEqual([
      "RelayedMessage",
      "Finalized",
    ]);
  });

  test("finalizing checks value, recipient, counterpart and escrow", async () => {
    // Messages of the bridge itself cannot be wrong, so a fresh bridge hears a messenger that always names the other bridge.
    const messenger: Address = "0x00000000000000000000000000000000000a11ce";
    const other: Address = "0x00000000000000000000000000000000000b41d6";
    await on.chain.client.setCode({
      address: messenger,
      bytecode: `0x73${other.slice(2)}5f5260205ff3`,
    });
    const address = await on.chain.deploy(L1StandardBridge);
    const fresh = { address, abi: L1StandardBridge.abi };
    const initialization = { messenger, otherBridge: other };
    await on.chain.write({ ...fresh, functionName: "initialize", args: [initialization] });
    await on.chain.client.setBalance({ address: messenger, value: 10n ** 18n });
    const revertOf = (functionName: string, args: unknown[], value = 0n) =>
      on.chain.revertOf({ ...fresh, functionName, args, value, from: messenger });

    const from = ALICE.address;
    expect(await revertOf("finalizeBridgeETH", [from, RECIPIENT, 1n, "0x"], 2n)).toBe(
      "StandardBridgeValue",
    );
    for (const to of [address, messenger]) {
      expect(await revertOf("finalizeBridgeETH", [from, to, 1n, "0x"], 1n)).toBe(
        "StandardBridgeRecipient",
      );
    }
    expect(await revertOf("finalizeBridgeETH", [from, token, 1n, "0x"], 1n)).toBe(
      "StandardBridgeTransferFailed",
    );
    expect(await revertOf("finalizeETHWithdrawal", [from, RECIPIENT, 1n, "0x"], 1n)).toBe("none");
    expect(await revertOf("finalizeBridgeERC20", [token, mintable, from, from, 1n, "0x"])).toBe(
      "StandardBridgeEscrow",
    );
    expect(await revertOf("finalizeERC20Withdrawal", [token, mintable, from, from, 0n, "0x"])).toBe(
      "none",
    );
    const own = await on.chain.deploy(OptimismMintableERC20, [address, token, "Own", "OWN", 6]);
    expect(await revertOf("finalizeBridgeERC20", [own, mintable, from, from, 1n, "0x"])).toBe(
      "StandardBridgeTokenPair",
    );
    expect(await revertOf("finalizeBridgeERC20", [own, token, from, from, 1n, "0x"])).toBe("none");
    // Minting is the bridge's: `mintable` hears another one.
    expect(await revertOf("finalizeBridgeERC20", [mintable, token, from, from, 1n, "0x"])).not.toBe(
      "none",
    );
  });
});

describe("initializing the L1 bridge", () => {
  test("it works once, and with both counterparts", async () => {
    const fresh = {
      address: await on.chain.deploy(L1StandardBridge),
      abi: L1StandardBridge.abi,
      functionName: "initialize",
    };
    for (const arguments_ of [
      { messenger: ZERO_ADDRESS, otherBridge: ALICE.address },
      { messenger: ALICE.address, otherBridge: ZERO_ADDRESS },
    ]) {
      expect(await on.chain.revertOf({ ...fresh, args: [arguments_] })).toBe(
        "StandardBridgeInitialization",
      );
    }
    const args = [{ messenger: ALICE.address, otherBridge: ALICE.address }];
    expect(await on.chain.revertOf({ ...l1, functionName: "initialize", args })).toBe(
      "StandardBridgeInitialization",
    );
    expect(await on.chain.read({ ...l1, functionName: "l2TokenBridge" })).toBe(l2.address);
    expect(await on.chain.read({ ...l1, functionName: "paused" })).toBe(false);
  });
});
