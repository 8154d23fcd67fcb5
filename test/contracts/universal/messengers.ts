import {
  type Abi,
  encodeFunctionData,
  keccak256,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { L1CrossDomainMessenger } from "../../../src/contracts/generated/L1CrossDomainMessenger.js";
import { L2CrossDomainMessenger } from "../../../src/contracts/generated/L2CrossDomainMessenger.js";
import { L2ToL1MessagePasser } from "../../../src/contracts/generated/L2ToL1MessagePasser.js";
import { MessengerPortalMock } from "../../../src/contracts/generated/MessengerPortalMock.js";
import { MessengerTargetMock } from "../../../src/contracts/generated/MessengerTargetMock.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { applyAlias } from "../../../src/protocol/alias.js";
import type { Address, Hash, Hex } from "../../../src/util/hex.js";
import { type PredeployChain, startPredeployChain } from "./predeployChain.js";

export const OWNER: Address = "0x3333333333333333333333333333333333333333";
export const NONCE_VERSION_1 = 1n << 240n;

/** A message as `relayMessage` takes it. */
export interface Message {
  nonce: bigint;
  sender: Address;
  target: Address;
  value: bigint;
  minGasLimit: bigint;
  data: Hex;
}

export const TARGET_MODE = { accept: 0, revert: 1, burnAllGas: 2, returnMuch: 3 } as const;

export type Messengers = Awaited<ReturnType<typeof startMessengers>>;

/**
 * Both layers in one anvil: the messengers of L1 and L2, the real message passer, a mock for the portal, and a target.
 * `l1Bridge` is what the L2 bridge's counterpart is said to be.
 */
export async function startMessengers(
  l1Bridge: Address = "0x2222222222222222222222222222222222222222",
) {
  const chain = await startPredeployChain();
  const portal = await chain.deploy(MessengerPortalMock);
  const l1Messenger = await chain.deploy(L1CrossDomainMessenger);
  await chain.putPredeploys(l1Messenger, l1Bridge, OWNER);
  const l1 = { address: l1Messenger, abi: L1CrossDomainMessenger.abi };
  const l2 = { address: PREDEPLOYS.L2CrossDomainMessenger, abi: L2CrossDomainMessenger.abi };
  const initialization = { portal, otherMessenger: l2.address };
  await chain.write({ ...l1, functionName: "initialize", args: [initialization] });
  const target = await chain.deploy(MessengerTargetMock);
  return { chain, portal, l1, l2, target, alias: applyAlias(l1Messenger.toLowerCase() as Address) };
}

/** Calldata of `relayMessage`; its keccak names the message. */
export function relayCall(message: Message): Hex {
  const { nonce, sender, target, value, minGasLimit, data } = message;
  return encodeFunctionData({
    abi: L2CrossDomainMessenger.abi,
    functionName: "relayMessage",
    args: [nonce, sender, target, value, minGasLimit, data],
  });
}

export function messageHash(message: Message): Hash {
  return keccak256(relayCall(message));
}

/** The first delivery on L2, as the deposit does it. */
export function deliverOnL2(on: Messengers, message: Message, gas?: bigint, value = message.value) {
  return on.chain.send({
    from: on.alias,
    to: on.l2.address,
    data: relayCall(message),
    value,
    ...(gas ? { gas } : {}),
  });
}

/** The first delivery on L1, as the portal does it: the messenger gets exactly `gasLimit`. */
export function deliverOnL1(
  on: Messengers,
  message: Message,
  gasLimit: bigint,
  sender: Address = on.l2.address,
) {
  return on.chain.write({
    address: on.portal,
    abi: MessengerPortalMock.abi,
    functionName: "finalize",
    args: [sender, on.l1.address, gasLimit, relayCall(message)],
    value: message.value,
    gas: 16_000_000n,
  });
}

export async function setTargetMode(chain: PredeployChain, target: Address, mode: number) {
  await chain.write({
    address: target,
    abi: MessengerTargetMock.abi,
    functionName: "setMode",
    args: [mode],
  });
}

export interface FoundEvent {
  address: Address;
  eventName: string;
  args: Record<string, unknown>;
}

const EVENTS = [
  L1CrossDomainMessenger,
  L2ToL1MessagePasser,
  MessengerPortalMock,
  MessengerTargetMock,
].flatMap((contract) => (contract.abi as Abi).filter((item) => item.type === "event"));

/** Events of messengers, message passer, portal mock and target, in order. */
export function eventsOf(receipt: TransactionReceipt): FoundEvent[] {
  return parseEventLogs({ abi: EVENTS, logs: receipt.logs }) as unknown as FoundEvent[];
}

export function eventNames(receipt: TransactionReceipt): string[] {
  return eventsOf(receipt).map((event) => event.eventName);
}

export function eventNamed(receipt: TransactionReceipt, name: string): FoundEvent {
  const found = eventsOf(receipt).find((event) => event.eventName === name);
  if (!found) throw new Error(`no ${name} in ${eventNames(receipt).join(", ")}`);
  return found;
}
