import {
  type Abi,
  concatHex,
  encodeFunctionData,
  getCreate2Address,
  keccak256,
  stringToHex,
} from "viem";
import { BlockOracle } from "../../src/contracts/generated/BlockOracle.js";
import { Deployer } from "../../src/contracts/generated/Deployer.js";
import { DepositFeed } from "../../src/contracts/generated/DepositFeed.js";
import { OptimismPortal } from "../../src/contracts/generated/OptimismPortal.js";
import { Proposal } from "../../src/contracts/generated/Proposal.js";
import { SequencerFeed } from "../../src/contracts/generated/SequencerFeed.js";
import { SystemConfig } from "../../src/contracts/generated/SystemConfig.js";
import { type Address, type Hash, type Hex, ZERO_HASH } from "../../src/util/hex.js";
import type { Contract, GeneratedContract, TestAnvil } from "./anvil.js";

const CREATE2_PROXY = "0x4e59b44847b379578588920ca78fbf26c0b4956c";

/** Parameters of the L1 contracts in tests. */
export const L1_PARAMETERS = {
  periodSeconds: 10n,
  forceDelaySeconds: 60n,
  challengePeriodSeconds: 30n,
  proofMaturityDelaySeconds: 10n,
  disputeGameFinalityDelaySeconds: 5n,
  stakeWei: 5n * 10n ** 18n,
  l2ChainId: 901n,
  configHash: keccak256(stringToHex("config")),
  genesisOutputRoot: keccak256(stringToHex("genesis output root")),
  l1CrossDomainMessenger: "0x00000000000000000000000000000000000000d1" as Address,
  l1StandardBridge: "0x00000000000000000000000000000000000000d2" as Address,
} as const;

/** Config values at the start. */
export const START_VALUES = {
  baseFeeScalar: 1368,
  blobBaseFeeScalar: 0,
  gasLimit: 60_000_000n,
  eip1559Denominator: 250,
  eip1559Elasticity: 6,
  operatorFeeScalar: 0,
  operatorFeeConstant: 0n,
  minBaseFee: 0n,
  daFootprintGasScalar: 400,
} as const;

/** The core contracts, deployed and initialized, without messenger and bridge. */
export interface L1Deployment {
  deployer: Contract;
  depositFeed: Contract;
  sequencerFeed: Contract;
  systemConfig: Contract;
  portal: Contract;
  oracle: Contract;
  owner: Address;
  batcher: Address;
  /** Init parameters by contract name, as given. */
  initParams: Readonly<Record<string, Record<string, unknown>>>;
  /** The proposal at an address. */
  proposal(address: Address): Contract;
}

/**
 * Deploys the core contracts through Deployer, in the order of docs/protocol/genesis.md.
 * Owner is account 0, batcher account 1. `oracleContract` may be a harness that extends BlockOracle.
 */
export async function deployL1(
  anvil: TestAnvil,
  oracleContract: GeneratedContract = BlockOracle,
): Promise<L1Deployment> {
  const [owner, batcher] = anvil.accounts as [Address, Address];
  const deployer = await deployDeployer(anvil);
  const codes: Record<string, GeneratedContract> = {
    depositFeed: DepositFeed,
    sequencerFeed: SequencerFeed,
    systemConfig: SystemConfig,
    portal: OptimismPortal,
    oracle: oracleContract,
  };
  const at = (name: string): Contract => ({
    address: create2Address(deployer.address, owner, codes[name]!),
    abi: codes[name]!.abi,
  });
  const [depositFeed, sequencerFeed] = [at("depositFeed"), at("sequencerFeed")];
  const [systemConfig, portal, oracle] = [at("systemConfig"), at("portal"), at("oracle")];
  const p = L1_PARAMETERS;
  const initParams: Record<string, Record<string, unknown>> = {
    depositFeed: { portal: portal.address, systemConfig: systemConfig.address },
    sequencerFeed: {
      depositFeed: depositFeed.address,
      systemConfig: systemConfig.address,
      periodSeconds: p.periodSeconds,
      forceDelaySeconds: p.forceDelaySeconds,
    },
    systemConfig: {
      owner,
      configHash: p.configHash,
      l2ChainId: p.l2ChainId,
      depositFeed: depositFeed.address,
      sequencerFeed: sequencerFeed.address,
      portal: portal.address,
      blockOracle: oracle.address,
      l1CrossDomainMessenger: p.l1CrossDomainMessenger,
      l1StandardBridge: p.l1StandardBridge,
      batcher,
      ...START_VALUES,
    },
    portal: {
      depositFeed: depositFeed.address,
      systemConfig: systemConfig.address,
      blockOracle: oracle.address,
      proofMaturityDelaySeconds: p.proofMaturityDelaySeconds,
    },
    oracle: {
      sequencerFeed: sequencerFeed.address,
      systemConfig: systemConfig.address,
      genesisOutputRoot: p.genesisOutputRoot,
      challengePeriodSeconds: p.challengePeriodSeconds,
      disputeGameFinalityDelaySeconds: p.disputeGameFinalityDelaySeconds,
      stakeWei: p.stakeWei,
    },
  };
  for (const [name, code] of Object.entries(codes)) {
    const initCall = encodeInitialize(code.abi, initParams[name]!);
    await anvil.send({
      ...deployer,
      functionName: "deploy",
      args: [saltOf(code.name), code.bytecode, initCall],
      from: owner,
    });
  }
  return {
    deployer,
    depositFeed,
    sequencerFeed,
    systemConfig,
    portal,
    oracle,
    owner,
    batcher,
    initParams,
    proposal: (address) => ({ address, abi: Proposal.abi }),
  };
}

/** Creates Deployer through the CREATE2 proxy with salt 0. */
export async function deployDeployer(anvil: TestAnvil): Promise<Contract> {
  const bytecode = Deployer.bytecode as Hex;
  const hash = await anvil.client.sendTransaction({
    account: anvil.accounts[0]!,
    to: CREATE2_PROXY,
    data: concatHex([ZERO_HASH, bytecode]),
  });
  await anvil.client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  const address = getCreate2Address({ from: CREATE2_PROXY, salt: ZERO_HASH, bytecode });
  return { address: address.toLowerCase() as Address, abi: Deployer.abi };
}

/** Calldata of a contract's initializer. */
export function encodeInitialize(abi: Abi, params: Record<string, unknown>): Hex {
  return encodeFunctionData({ abi, functionName: "initialize", args: [params] });
}

/** Salt that the helper gives to a contract. */
export function saltOf(name: string): Hash {
  return keccak256(stringToHex(name));
}

function create2Address(deployer: Address, account: Address, code: GeneratedContract): Address {
  const salt = keccak256(concatHex([`0x${"00".repeat(12)}`, account, saltOf(code.name)]));
  const bytecode = code.bytecode as Hex;
  return getCreate2Address({ from: deployer, salt, bytecode }).toLowerCase() as Address;
}
