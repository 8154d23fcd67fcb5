import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  type Abi,
  encodeFunctionData,
  getAddress,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { L1CrossDomainMessenger } from "../../../src/contracts/generated/L1CrossDomainMessenger.js";
import { L1StandardBridge } from "../../../src/contracts/generated/L1StandardBridge.js";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { applyAlias } from "../../../src/protocol/alias.js";
import { MAX_DEPOSIT_DATA_BYTES, MAX_TX_GAS } from "../../../src/protocol/constants.js";
import { decodeOpaqueData } from "../../../src/protocol/opaqueData.js";
import { type Address, fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { type Contract, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { deployL1, type L1Deployment } from "../../helpers/l1Deployment.js";

let anvil: TestAnvil;
let l1: L1Deployment;
let messenger: Contract;
let bridge: Contract;

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil);
  messenger = await anvil.deploy({
    ...L1CrossDomainMessenger,
    abi: L1CrossDomainMessenger.abi as Abi,
  });
  bridge = await anvil.deploy({ ...L1StandardBridge, abi: L1StandardBridge.abi as Abi });
  const portal = { portal: l1.portal.address, otherMessenger: PREDEPLOYS.L2CrossDomainMessenger };
  await anvil.send({ ...messenger, functionName: "initialize", args: [portal] });
  const other = { messenger: messenger.address, otherBridge: PREDEPLOYS.L2StandardBridge };
  await anvil.send({ ...bridge, functionName: "initialize", args: [other] });
});
afterAll(() => anvil.close());

/** The deposit that the portal logged. */
function deposited(receipt: TransactionReceipt) {
  const [event] = parseEventLogs({
    abi: OptimismPortal.abi,
    logs: receipt.logs,
    eventName: "TransactionDeposited",
  });
  if (!event) throw new Error("no deposit");
  const { from, to, opaqueData } = event.args as { from: Address; to: Address; opaqueData: Hex };
  return { from, to, ...decodeOpaqueData(fromHex(opaqueData)) };
}

test("a bridge transfer becomes a deposit from the messenger's alias to the L2 messenger", async () => {
  const receipt = await anvil.send({
    ...bridge,
    functionName: "bridgeETH",
    args: [100_000, "0x1234"],
    value: 1_000n,
  });
  const { from, to, mint, value, gasLimit, isCreation, data } = deposited(receipt);
  expect(from).toBe(getAddress(applyAlias(messenger.address)));
  expect(to).toBe(PREDEPLOYS.L2CrossDomainMessenger);
  expect([mint, value, isCreation]).toEqual([1_000n, 1_000n, false]);
  const finalize = encodeFunctionData({
    abi: L1StandardBridge.abi,
    functionName: "finalizeBridgeETH",
    args: [anvil.accounts[0] as Address, anvil.accounts[0] as Address, 1_000n, "0x1234"],
  });
  expect(gasLimit).toBe(
    await anvil.read({ ...messenger, functionName: "baseGas", args: [finalize, 100_000] }),
  );
  const relay = encodeFunctionData({
    abi: L1CrossDomainMessenger.abi,
    functionName: "relayMessage",
    args: [1n << 240n, bridge.address, PREDEPLOYS.L2StandardBridge, 1_000n, 100_000n, finalize],
  });
  expect(toHex(data)).toBe(relay);
});

// The call around a message has 228 bytes, and pads it to whole words.
const LONGEST = Math.floor((MAX_DEPOSIT_DATA_BYTES - 228) / 32) * 32;

test.each([0, 1, 4, 5, 31, 32, 33, 63, 10_000, LONGEST - 1, LONGEST])(
  "the portal takes the gas of baseGas for a message of %i bytes",
  async (length) => {
    const args = [anvil.accounts[1], `0x${"ff".repeat(length)}`, 0];
    const { data } = deposited(
      await anvil.send({ ...messenger, functionName: "sendMessage", args, gas: 16_000_000n }),
    );
    expect(data.length).toBe(228 + Math.ceil(length / 32) * 32);
  },
);

test("the portal refuses a longer message, and more gas than an L2 transaction may have", async () => {
  const abi = [...messenger.abi, ...(OptimismPortal.abi as Abi)];
  const revertOf = async (length: number, minGas: bigint) => {
    const args = [anvil.accounts[1], `0x${"ff".repeat(length)}`, minGas];
    return (await anvil.revertOf({ ...messenger, abi, functionName: "sendMessage", args })).name;
  };
  expect(await revertOf(LONGEST + 1, 0n)).toBe("OptimismPortal_CalldataTooLarge");
  expect(await revertOf(0, MAX_TX_GAS)).toBe("OptimismPortal_GasLimitTooHigh");
  expect(await revertOf(0, 16_000_000n)).toBe("none");
});
