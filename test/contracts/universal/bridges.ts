import {
  type Abi,
  encodeFunctionData,
  type Hex,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { L1StandardBridge } from "../../../src/contracts/generated/L1StandardBridge.js";
import { L2StandardBridge } from "../../../src/contracts/generated/L2StandardBridge.js";
import { MessengerPortalMock } from "../../../src/contracts/generated/MessengerPortalMock.js";
import { MessengerTargetMock } from "../../../src/contracts/generated/MessengerTargetMock.js";
import { OptimismMintableERC20Factory } from "../../../src/contracts/generated/OptimismMintableERC20Factory.js";
import { TestToken } from "../../../src/contracts/generated/TestToken.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import type { Address } from "../../../src/util/hex.js";
import { eventNamed, type Messengers, relayCall, startMessengers } from "./messengers.js";
import { ALICE } from "./predeployChain.js";

/** Stands for ETH in the legacy functions and events. */
export const LEGACY_ETH = "0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000";
/** An account without a key. */
export const RECIPIENT: Address = "0x00000000000000000000000000000000000bee5a";

// Set by `startBridges`, which each test file calls once before its tests.
/** Both layers in one anvil. */
export let on: Messengers;
/** The bridge of L1. */
export let l1: { address: Address; abi: typeof L1StandardBridge.abi };
/** The bridge of L2. */
export const l2 = { address: PREDEPLOYS.L2StandardBridge as Address, abi: L2StandardBridge.abi };
/** A contract that calls what it is told. */
export let contract: Address;
/** A token of L1, of which Alice has a million. */
export let token: Address;
/** The L2 token that stands for `token`. */
export let mintable: Address;

/** Starts both layers with their bridges. */
export async function startBridges(): Promise<void> {
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
}

/** A new L2 token that stands for `remote`. */
export async function createMintable(
  remote: Address,
  name: string,
  symbol: string,
): Promise<Address> {
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
export function bridgeEvents(receipt: TransactionReceipt): [string, unknown[]][] {
  return parseEventLogs({ abi: EVENTS, logs: receipt.logs }).map((event) => {
    const { eventName, args } = event as unknown as {
      eventName: string;
      args: Record<string, unknown>;
    };
    return [eventName, Object.values(args)];
  });
}

/** Executes on L2 the deposit that a transaction on L1 made. */
export function relayToL2(receipt: TransactionReceipt): Promise<TransactionReceipt> {
  const { data, value, gasLimit } = eventNamed(receipt, "Deposited").args as {
    data: Hex;
    value: bigint;
    gasLimit: bigint;
  };
  return on.chain.send({ from: on.alias, to: on.l2.address, data, value, gas: gasLimit });
}

/** Finalizes on L1 the withdrawal that a transaction on L2 made. */
export function relayToL1(receipt: TransactionReceipt): Promise<TransactionReceipt> {
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

/** Tokens of an account. */
export function balanceOf(address: Address, account: Address) {
  return on.chain.read<bigint>({
    address,
    abi: TestToken.abi,
    functionName: "balanceOf",
    args: [account],
  });
}

/** Tokens that the bridge of L1 counts for a pair. */
export function escrow(local: Address, remote: Address) {
  return on.chain.read<bigint>({ ...l1, functionName: "deposits", args: [local, remote] });
}

/** Wei of an account. */
export const eth = (address: Address) => on.chain.client.getBalance({ address });

let nonces = 0n;

/** Relays on L1 a message that `sender` on L2 is said to have sent. */
export function deliverFromBridge(
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
