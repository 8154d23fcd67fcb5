import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { getContractAddress, keccak256, recoverAddress, serializeTransaction } from "viem";
import { BaseFeeVault } from "../../../src/contracts/generated/BaseFeeVault.js";
import { L1FeeVault } from "../../../src/contracts/generated/L1FeeVault.js";
import { L2CrossDomainMessenger } from "../../../src/contracts/generated/L2CrossDomainMessenger.js";
import { L2StandardBridge } from "../../../src/contracts/generated/L2StandardBridge.js";
import { OperatorFeeVault } from "../../../src/contracts/generated/OperatorFeeVault.js";
import { OptimismMintableERC20Factory } from "../../../src/contracts/generated/OptimismMintableERC20Factory.js";
import { SequencerFeeVault } from "../../../src/contracts/generated/SequencerFeeVault.js";
import { PREDEPLOYS, predeployStates } from "../../../src/contracts/predeploys.js";
import { PREINSTALLS } from "../../../src/contracts/preinstalls.js";
import {
  PREDEPLOYS as PROTOCOL_PREDEPLOYS,
  PREINSTALLS as PROTOCOL_PREINSTALLS,
  SYSTEM_CONTRACTS,
} from "../../../src/protocol/constants.js";
import type { Address, Hex } from "../../../src/util/hex.js";
import { type PredeployChain, startPredeployChain } from "../universal/predeployChain.js";

const L1_MESSENGER = "0x1111111111111111111111111111111111111111";
const L1_BRIDGE = "0x2222222222222222222222222222222222222222";
const OWNER = "0x3333333333333333333333333333333333333333";

let chain: PredeployChain;
beforeAll(async () => {
  chain = await startPredeployChain();
  await chain.putPredeploys(L1_MESSENGER, L1_BRIDGE, OWNER);
});
afterAll(() => chain.stop());

test("predeployStates lists every predeploy once, in order, and depends on nothing but its input", () => {
  const input = {
    addresses: { l1CrossDomainMessenger: L1_MESSENGER, l1StandardBridge: L1_BRIDGE },
    owner: OWNER,
  } as const;
  const states = predeployStates(input);
  expect(states).toEqual(predeployStates(input));
  expect(Object.fromEntries(states.map(({ name, address }) => [name, address]))).toEqual(
    PREDEPLOYS,
  );
  const addresses = states.map((state) => state.address);
  expect(addresses).toEqual([...addresses].sort());
  for (const state of states) {
    expect(state.code.length).toBeGreaterThan(2);
    expect(state.code.length / 2 - 1).toBeLessThanOrEqual(24_576);
  }
});

test("the protocol's table of addresses is the same", () => {
  expect(Object.values(PREDEPLOYS).sort()).toEqual(Object.values(PROTOCOL_PREDEPLOYS).sort());
  const theirs = [...Object.values(PROTOCOL_PREINSTALLS), ...Object.values(SYSTEM_CONTRACTS)];
  expect(PREINSTALLS.map((each) => each.address).sort()).toEqual(theirs.sort());
});

test("the slots of the messenger, the bridge and the factory are those their getters read", async () => {
  const messenger = { address: PREDEPLOYS.L2CrossDomainMessenger, abi: L2CrossDomainMessenger.abi };
  for (const functionName of ["otherMessenger", "OTHER_MESSENGER", "l1CrossDomainMessenger"]) {
    expect(await chain.read<Address>({ ...messenger, functionName })).toBe(L1_MESSENGER);
  }
  const bridge = { address: PREDEPLOYS.L2StandardBridge, abi: L2StandardBridge.abi };
  for (const functionName of ["otherBridge", "OTHER_BRIDGE", "l1TokenBridge"]) {
    expect(await chain.read<Address>({ ...bridge, functionName })).toBe(L1_BRIDGE);
  }
  for (const functionName of ["messenger", "MESSENGER"]) {
    expect(await chain.read<Address>({ ...bridge, functionName })).toBe(
      PREDEPLOYS.L2CrossDomainMessenger,
    );
  }
  for (const functionName of ["bridge", "BRIDGE"]) {
    const factory = {
      address: PREDEPLOYS.OptimismMintableERC20Factory,
      abi: OptimismMintableERC20Factory.abi,
    };
    expect(await chain.read<Address>({ ...factory, functionName })).toBe(
      PREDEPLOYS.L2StandardBridge,
    );
  }
});

test("the slots of the fee vaults are those their getters read", async () => {
  for (const vault of [SequencerFeeVault, BaseFeeVault, L1FeeVault, OperatorFeeVault]) {
    const at = { address: PREDEPLOYS[vault.name], abi: vault.abi };
    expect(await chain.read({ ...at, functionName: "recipient" })).toBe(OWNER);
    expect(await chain.read({ ...at, functionName: "RECIPIENT" })).toBe(OWNER);
    expect(await chain.read({ ...at, functionName: "totalProcessed" })).toBe(0n);
    expect(await chain.read({ ...at, functionName: "withdrawalNetwork" })).toBe(0);
  }
  const sequencerVault = { address: PREDEPLOYS.SequencerFeeVault, abi: SequencerFeeVault.abi };
  expect(await chain.read({ ...sequencerVault, functionName: "l1FeeWallet" })).toBe(OWNER);
});

test("the CREATE2 proxy is the one that anvil has", async () => {
  const proxy = preinstall("Create2Proxy");
  expect(await chain.client.getCode({ address: proxy.address })).toBe(proxy.code);
  expect(preinstall("SafeSingletonFactory").code).toBe(proxy.code);
});

// Both contracts are created by a transaction with made-up signature, so their addresses commit to their code.
test.each([
  ["BeaconRoots", "0x60618060095f395ff3", 0x1b9b6eb1f0n],
  ["BlockHashes", "0x60538060095f395ff3", 0xaa12693182426612186309f02cfe8a80a0000n],
] as const)("%s has the code that its address follows from", async (name, prefix, s) => {
  const { address, code } = preinstall(name);
  const unsigned = serializeTransaction({
    type: "legacy",
    nonce: 0,
    gas: 250_000n,
    gasPrice: 10n ** 12n,
    data: `${prefix}${code.slice(2)}`,
  });
  const signature = { r: "0x539", s: `0x${s.toString(16)}`, v: 27n, yParity: 0 } as const;
  const from = await recoverAddress({ hash: keccak256(unsigned), signature });
  expect(getContractAddress({ from, nonce: 0n }).toLowerCase()).toBe(address);
});

test("Multicall3 is what viem's creation code leaves behind, and answers", async () => {
  const { multicall3Bytecode } = (await import(
    "../../../node_modules/viem/_esm/constants/contracts.js" as string
  )) as { multicall3Bytecode: Hex };
  const created = await chain.deploy({ abi: [], bytecode: multicall3Bytecode });
  const code = await chain.client.getCode({ address: created });
  const multicall = preinstall("Multicall3");
  expect(multicall.code).toBe(code);
  expect(keccak256(multicall.code)).toBe(
    "0x5a29a1eb2f59e45e4249b938c8192cac0d2bd32398e1afa03f302a867db692ea",
  );

  await chain.put(multicall);
  const answers = await chain.client.multicall({
    multicallAddress: multicall.address,
    contracts: [
      {
        address: PREDEPLOYS.L2CrossDomainMessenger,
        abi: L2CrossDomainMessenger.abi,
        functionName: "version",
      },
      {
        address: PREDEPLOYS.L2CrossDomainMessenger,
        abi: L2CrossDomainMessenger.abi,
        functionName: "xDomainMessageSender",
      },
    ],
  });
  expect(answers.map((answer) => answer.status)).toEqual(["success", "failure"]);
});

function preinstall(name: string) {
  const found = PREINSTALLS.find((each) => each.name === name);
  if (!found) throw new Error(name);
  return found;
}
