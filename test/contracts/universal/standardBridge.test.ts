import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type Abi,
  encodeFunctionData,
  getAddress,
  type Hex,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { BridgeQuirkToken } from "../../../src/contracts/generated/BridgeQuirkToken.js";
import { L1StandardBridge } from "../../../src/contracts/generated/L1StandardBridge.js";
import { L2StandardBridge } from "../../../src/contracts/generated/L2StandardBridge.js";
import { MessengerPortalMock } from "../../../src/contracts/generated/MessengerPortalMock.js";
import { MessengerTargetMock } from "../../../src/contracts/generated/MessengerTargetMock.js";
import { OptimismMintableERC20 } from "../../../src/contracts/generated/OptimismMintableERC20.js";
import { OptimismMintableERC20Factory } from "../../../src/contracts/generated/OptimismMintableERC20Factory.js";
import { TestToken } from "../../../src/contracts/generated/TestToken.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { type Address, ZERO_ADDRESS } from "../../../src/util/hex.js";
import {
  eventNamed,
  eventNames,
  type Messengers,
  relayCall,
  setTargetMode,
  startMessengers,
  TARGET_MODE,
} from "./messengers.js";
import { ALICE, BOB } from "./predeployChain.js";

const LEGACY_ETH = "0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000";
const RECIPIENT: Address = "0x00000000000000000000000000000000000bee5a";

let on: Messengers;
let l1: { address: Address; abi: typeof L1StandardBridge.abi };
const l2 = { address: PREDEPLOYS.L2StandardBridge as Address, abi: L2StandardBridge.abi };
/** A contract that calls what it is told. */
let contract: Address;
let token: Address;
let mintable: Address;

beforeAll(async () => {
  on = await startMessengers();
  l1 = { address: await on.chain.deploy(L1StandardBridge), abi: L1StandardBridge.abi };
  const initialization = { messenger: on.l1.address, otherBridge: l2.address };
  await on.chain.write({ ...l1, functionName: "initialize", args: [initialization] });
  await on.chain.putPredeploys(on.l1.address, l1.address, ALICE.address);
  contract = await on.chain.deploy(MessengerTargetMock);
  token = await on.chain.deploy(TestToken);
  mintable = await createMintable(token, "Test Token", "TEST");
  await on.chain.write({
    address: token,
    abi: TestToken.abi,
    functionName: "mint",
    args: [ALICE.address, 1_000_000n],
  });
  await on.chain.write({
    address: token,
    abi: TestToken.abi,
    functionName: "approve",
    args: [l1.address, 2n ** 256n - 1n],
  });
});
afterAll(() => on.chain.stop());

async function createMintable(remote: Address, name: string, symbol: string): Promise<Address> {
  const factory = {
    address: PREDEPLOYS.OptimismMintableERC20Factory,
    abi: OptimismMintableERC20Factory.abi,
  };
  const receipt = await on.chain.write({
    ...factory,
    functionName: "createOptimismMintableERC20",
    args: [remote, name, symbol],
  });
  const logs = parseEventLogs({
    abi: factory.abi,
    logs: receipt.logs,
    eventName: "OptimismMintableERC20Created",
  });
  return logs[0]?.args.localToken as Address;
}

const EVENTS = [L1StandardBridge, L2StandardBridge].flatMap((each) =>
  (each.abi as Abi).filter((item) => item.type === "event"),
);

/** Bridge events as [name, arguments in order]. */
function bridgeEvents(receipt: TransactionReceipt): [string, unknown[]][] {
  return parseEventLogs({ abi: EVENTS, logs: receipt.logs }).map((event) => {
    const { eventName, args } = event as unknown as {
      eventName: string;
      args: Record<string, unknown>;
    };
    return [eventName, Object.values(args)];
  });
}

/** Executes on L2 the deposit that a transaction on L1 made. */
function relayToL2(receipt: TransactionReceipt): Promise<TransactionReceipt> {
  const { data, value, gasLimit } = eventNamed(receipt, "Deposited").args as {
    data: Hex;
    value: bigint;
    gasLimit: bigint;
  };
  return on.chain.send({ from: on.alias, to: on.l2.address, data, value, gas: gasLimit });
}

/** Finalizes on L1 the withdrawal that a transaction on L2 made. */
function relayToL1(receipt: TransactionReceipt): Promise<TransactionReceipt> {
  const { data, value, gasLimit } = eventNamed(receipt, "MessagePassed").args as {
    data: Hex;
    value: bigint;
    gasLimit: bigint;
  };
  return on.chain.send({
    to: on.portal,
    value,
    data: encodeFunctionData({
      abi: MessengerPortalMock.abi,
      functionName: "finalize",
      args: [on.l2.address, on.l1.address, gasLimit, data],
    }),
  });
}

function balanceOf(address: Address, account: Address) {
  return on.chain.read<bigint>({
    address,
    abi: TestToken.abi,
    functionName: "balanceOf",
    args: [account],
  });
}

function escrow(local: Address, remote: Address) {
  return on.chain.read<bigint>({ ...l1, functionName: "deposits", args: [local, remote] });
}

const eth = (address: Address) => on.chain.client.getBalance({ address });

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

let nonces = 0n;

/** Relays on L1 a message that `sender` on L2 is said to have sent. */
function deliverFromBridge(
  target: Address,
  sender: Address,
  data: Hex,
): Promise<TransactionReceipt> {
  nonces += 1n;
  const message = {
    nonce: (1n << 240n) + 10_000n + nonces,
    sender,
    target,
    value: 0n,
    minGasLimit: 300_000n,
    data,
  };
  return on.chain.send({
    to: on.portal,
    data: encodeFunctionData({
      abi: MessengerPortalMock.abi,
      functionName: "finalize",
      args: [on.l2.address, on.l1.address, 1_000_000n, relayCall(message)],
    }),
  });
}
