import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeFunctionData, getAddress } from "viem";
import { BridgeQuirkToken } from "../../../src/contracts/generated/BridgeQuirkToken.js";
import { OptimismMintableERC20 } from "../../../src/contracts/generated/OptimismMintableERC20.js";
import { TestToken } from "../../../src/contracts/generated/TestToken.js";
import type { Address } from "../../../src/util/hex.js";
import {
  balanceOf,
  bridgeEvents,
  createMintable,
  deliverFromBridge,
  escrow,
  l1,
  l2,
  mintable,
  on,
  RECIPIENT,
  relayToL1,
  relayToL2,
  startBridges,
  token,
} from "./bridges.js";
import { eventNames } from "./messengers.js";
import { ALICE, BOB } from "./predeployChain.js";

beforeAll(startBridges);
afterAll(() => on.chain.stop());

describe("tokens", () => {
  test.each([
    ["bridgeERC20", (): unknown[] => [token, mintable, 100n, 300_000, "0xaa"], ALICE.address],
    ["depositERC20", (): unknown[] => [token, mintable, 100n, 300_000, "0xaa"], ALICE.address],
    [
      "bridgeERC20To",
      (): unknown[] => [token, mintable, BOB.address, 100n, 300_000, "0xaa"],
      BOB.address,
    ],
    [
      "depositERC20To",
      (): unknown[] => [token, mintable, BOB.address, 100n, 300_000, "0xaa"],
      BOB.address,
    ],
  ])("%s locks on L1 and mints on L2", async (functionName, args, to) => {
    const [locked, minted] = [await escrow(token, mintable), await balanceOf(mintable, to)];
    const sent = await on.chain.write({ ...l1, functionName, args: args() });
    const words = [getAddress(token), getAddress(mintable), ALICE.address, to, 100n, "0xaa"];
    expect(bridgeEvents(sent)).toEqual([
      ["ERC20DepositInitiated", words],
      ["ERC20BridgeInitiated", words],
    ]);
    expect(await escrow(token, mintable)).toBe(locked + 100n);
    expect(await balanceOf(token, l1.address)).toBe(locked + 100n);

    const arrived = await relayToL2(sent);
    expect(bridgeEvents(arrived)).toEqual([
      ["DepositFinalized", words],
      ["ERC20BridgeFinalized", [words[1], words[0], ...words.slice(2)]],
    ]);
    expect(await balanceOf(mintable, to)).toBe(minted + 100n);
  });

  test.each([
    ["bridgeERC20", (): unknown[] => [mintable, token, 40n, 300_000, "0xbb"], ALICE.address],
    [
      "bridgeERC20To",
      (): unknown[] => [mintable, token, RECIPIENT, 40n, 300_000, "0xbb"],
      RECIPIENT,
    ],
    ["withdraw", (): unknown[] => [mintable, 40n, 300_000, "0xbb"], ALICE.address],
    ["withdrawTo", (): unknown[] => [mintable, RECIPIENT, 40n, 300_000, "0xbb"], RECIPIENT],
  ])("%s burns on L2 and unlocks on L1", async (functionName, args, to) => {
    const [locked, supply, held] = [
      await escrow(token, mintable),
      await totalSupply(),
      await balanceOf(token, to),
    ];
    const sent = await on.chain.write({ ...l2, functionName, args: args() });
    const words = [
      getAddress(token),
      getAddress(mintable),
      ALICE.address,
      getAddress(to),
      40n,
      "0xbb",
    ];
    expect(bridgeEvents(sent)).toEqual([
      ["WithdrawalInitiated", words],
      ["ERC20BridgeInitiated", [words[1], words[0], ...words.slice(2)]],
    ]);
    expect(await totalSupply()).toBe(supply - 40n);

    const arrived = await relayToL1(sent);
    expect(bridgeEvents(arrived)).toEqual([
      ["ERC20WithdrawalFinalized", words],
      ["ERC20BridgeFinalized", words],
    ]);
    expect(await escrow(token, mintable)).toBe(locked - 40n);
    expect(await balanceOf(token, to)).toBe(held + 40n);
  });

  test("a token of L2 goes to L1 and back, too, if L1 has a mintable one", async () => {
    const native = await on.chain.deploy(TestToken);
    const args = [l1.address, native, "Native", "NAT", 18];
    const onL1 = await on.chain.deploy(OptimismMintableERC20, args);
    await on.chain.write({
      address: native,
      abi: TestToken.abi,
      functionName: "mint",
      args: [ALICE.address, 10n],
    });
    await on.chain.write({
      address: native,
      abi: TestToken.abi,
      functionName: "approve",
      args: [l2.address, 10n],
    });
    const sent = await on.chain.write({
      ...l2,
      functionName: "bridgeERC20",
      args: [native, onL1, 10n, 300_000, "0x"],
    });
    await relayToL1(sent);
    expect([await balanceOf(onL1, ALICE.address), await balanceOf(native, l2.address)]).toEqual([
      10n,
      10n,
    ]);
    const back = await on.chain.write({
      ...l1,
      functionName: "bridgeERC20",
      args: [onL1, native, 4n, 300_000, "0x"],
    });
    await relayToL2(back);
    expect([await balanceOf(onL1, ALICE.address), await balanceOf(native, ALICE.address)]).toEqual([
      6n,
      4n,
    ]);
  });

  function totalSupply() {
    return on.chain.read<bigint>({
      address: mintable,
      abi: OptimismMintableERC20.abi,
      functionName: "totalSupply",
    });
  }
});

describe("tokens that misbehave", () => {
  const REMOTE: Address = "0x00000000000000000000000000000000000f00d5";
  const quirk = { noAnswer: 0, falseAnswer: 1, fee: 2, hook: 3 };
  const bridge = (local: Address, amount = 10n) => ({
    ...l1,
    functionName: "bridgeERC20",
    args: [local, REMOTE, amount, 0, "0x"],
  });

  test("one that answers nothing is bridged", async () => {
    const local = await on.chain.deploy(BridgeQuirkToken, [quirk.noAnswer]);
    await on.chain.write(bridge(local));
    expect(await escrow(local, REMOTE)).toBe(10n);
  });

  test("one that answers false, an account without code and a mintable token's missing balance are refused", async () => {
    const local = await on.chain.deploy(BridgeQuirkToken, [quirk.falseAnswer]);
    expect(await on.chain.revertOf(bridge(local))).toBe("TokenTransferFailed");
    expect(await on.chain.revertOf(bridge(REMOTE))).toBe("TokenTransferFailed");
    const args = [mintable, token, 10n ** 9n, 0, "0x"];
    expect(await on.chain.revertOf({ ...l2, functionName: "bridgeERC20", args })).toBe(
      "0xe450d38c",
    );
  });

  test("one that takes a fee is refused", async () => {
    const local = await on.chain.deploy(BridgeQuirkToken, [quirk.fee]);
    expect(await on.chain.revertOf(bridge(local))).toBe("StandardBridgeTokenAmount");
  });

  test("one whose hook bridges again is refused", async () => {
    const local = await on.chain.deploy(BridgeQuirkToken, [quirk.hook]);
    const inner = encodeFunctionData({
      abi: l1.abi,
      functionName: "bridgeERC20To",
      args: [local, REMOTE, BOB.address, 10n, 0, "0x"],
    });
    await on.chain.send({
      to: local,
      data: encodeFunctionData({
        abi: BridgeQuirkToken.abi,
        functionName: "transfer",
        args: [local, 100n],
      }),
    });
    await on.chain.write({
      address: local,
      abi: BridgeQuirkToken.abi,
      functionName: "setHook",
      args: [l1.address, inner],
    });
    expect(await on.chain.revertOf(bridge(local))).toBe("StandardBridgeTokenAmount");
  });

  test("a mintable token is bridged only as the token it stands for", async () => {
    const args = [mintable, REMOTE, 1n, 0, "0x"];
    expect(await on.chain.revertOf({ ...l2, functionName: "bridgeERC20", args })).toBe(
      "StandardBridgeTokenPair",
    );
  });

  test("a token that names a foreign counterpart takes nothing out of its escrow", async () => {
    // A false L2 token for `token`: what it burns was never locked for it.
    const lying = await createMintable(token, "Lying", "LIE");
    const data = encodeFunctionData({
      abi: l1.abi,
      functionName: "finalizeBridgeERC20",
      args: [token, lying, ALICE.address, ALICE.address, 1n, "0x"],
    });
    const locked = await balanceOf(token, l1.address);
    const receipt = await deliverFromBridge(l1.address, l2.address, data);
    expect(eventNames(receipt)).toEqual(["FailedRelayedMessage", "Finalized"]);
    expect(await balanceOf(token, l1.address)).toBe(locked);
  });

  test("the legacy functions of L2 refuse a token that is not mintable", async () => {
    expect(
      await on.chain.revertOf({ ...l2, functionName: "withdraw", args: [token, 1n, 0, "0x"] }),
    ).toBe("L2StandardBridgeNotMintable");
  });

  test("the legacy functions of L2 refuse ETH beside a token", async () => {
    expect(
      await on.chain.revertOf({
        ...l2,
        functionName: "withdraw",
        args: [mintable, 1n, 0, "0x"],
        value: 1n,
      }),
    ).toBe("StandardBridgeValue");
  });
});
