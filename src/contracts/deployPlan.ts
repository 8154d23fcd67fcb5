import { encodeAbiParameters, encodeFunctionData } from "viem";
import { type Address, fromHex, type Hash, type Hex, ZERO_HASH } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { WELL_KNOWN } from "./addresses.js";
import { create2Address, initCodeFor } from "./create2.js";
import { BlockOracle } from "./generated/BlockOracle.js";
import { Deployer } from "./generated/Deployer.js";
import { DepositFeed } from "./generated/DepositFeed.js";
import { L1CrossDomainMessenger } from "./generated/L1CrossDomainMessenger.js";
import { L1StandardBridge } from "./generated/L1StandardBridge.js";
import { OptimismPortal } from "./generated/OptimismPortal.js";
import { SequencerFeed } from "./generated/SequencerFeed.js";
import { SystemConfig } from "./generated/SystemConfig.js";
import { MULTICALL3_CODE } from "./multicall3Code.js";
import { PREDEPLOYS } from "./predeploys.js";

/** What the plan depends on; a `ChainConfig` fits. */
export interface DeployParameters {
  l2ChainId: number;
  deployer: Address;
  salt: Hash;
  owner: Address;
  batcher: Address;
  system: {
    baseFeeScalar: number;
    blobBaseFeeScalar: number;
    gasLimit: bigint;
    eip1559Denominator: number;
    eip1559Elasticity: number;
    operatorFeeScalar: number;
    operatorFeeConstant: bigint;
    minBaseFee: bigint;
    daFootprintGasScalar: number;
  };
  periodSeconds: number;
  forceDelaySeconds: number;
  challengePeriodSeconds: number;
  proofMaturityDelaySeconds: number;
  disputeGameFinalityDelaySeconds: number;
  stakeWei: bigint;
}

/** A contract that one transaction puts on L1. */
export interface PlannedContract {
  name: string;
  address: Address;
  /** What is found at the address afterwards. */
  runtimeCode: Hex;
  /** Target and calldata of the transaction. */
  to: Address;
  data: Hex;
}

/** Where the contracts will be. */
export interface PlannedAddresses {
  depositFeed: Address;
  sequencerFeed: Address;
  systemConfig: Address;
  portal: Address;
  l1CrossDomainMessenger: Address;
  l1StandardBridge: Address;
  blockOracle: Address;
}

interface Artifact {
  name: string;
  bytecode: Hex;
  deployedBytecode: Hex;
}

const ARTIFACTS = {
  depositFeed: DepositFeed,
  sequencerFeed: SequencerFeed,
  systemConfig: SystemConfig,
  portal: OptimismPortal,
  l1CrossDomainMessenger: L1CrossDomainMessenger,
  l1StandardBridge: L1StandardBridge,
  blockOracle: BlockOracle,
} as const satisfies Record<keyof PlannedAddresses, Artifact>;

/** The contract that deploys the others; the same on every L1. */
export function planDeployer(): PlannedContract {
  return planWithProxy(Deployer.name, Deployer.bytecode, Deployer.deployedBytecode);
}

/** Multicall3 at an address of ours, for an L1 that lacks it at its usual one. */
export function planMulticall3(): PlannedContract {
  return planWithProxy("Multicall3", initCodeFor(MULTICALL3_CODE), MULTICALL3_CODE);
}

/** Addresses of the L1 contracts. Source: docs/protocol/genesis.md#l1-addresses */
export function planAddresses(parameters: DeployParameters): PlannedAddresses {
  const deployer = planDeployer().address;
  const addressOf = (artifact: Artifact) => {
    const salt = boundSalt(parameters.deployer, contractSalt(parameters, artifact.name));
    return create2Address(deployer, salt, artifact.bytecode);
  };
  return {
    depositFeed: addressOf(ARTIFACTS.depositFeed),
    sequencerFeed: addressOf(ARTIFACTS.sequencerFeed),
    systemConfig: addressOf(ARTIFACTS.systemConfig),
    portal: addressOf(ARTIFACTS.portal),
    l1CrossDomainMessenger: addressOf(ARTIFACTS.l1CrossDomainMessenger),
    l1StandardBridge: addressOf(ARTIFACTS.l1StandardBridge),
    blockOracle: addressOf(ARTIFACTS.blockOracle),
  };
}

/**
 * Every contract but the oracle, in the order of deployment; `configHash` is that of the chain config.
 * Source: docs/protocol/genesis.md#l1-addresses
 */
export function planContracts(parameters: DeployParameters, configHash: Hash): PlannedContract[] {
  const addresses = planAddresses(parameters);
  const { depositFeed, systemConfig, blockOracle, portal } = addresses;
  const { periodSeconds, forceDelaySeconds, proofMaturityDelaySeconds } = parameters;
  const initCalls: readonly (readonly [Exclude<keyof PlannedAddresses, "blockOracle">, Hex])[] = [
    [
      "depositFeed",
      encodeFunctionData({
        abi: DepositFeed.abi,
        functionName: "initialize",
        args: [{ portal, systemConfig }],
      }),
    ],
    [
      "sequencerFeed",
      encodeFunctionData({
        abi: SequencerFeed.abi,
        functionName: "initialize",
        args: [
          {
            depositFeed,
            systemConfig,
            periodSeconds: BigInt(periodSeconds),
            forceDelaySeconds: BigInt(forceDelaySeconds),
          },
        ],
      }),
    ],
    ["systemConfig", encodeSystemConfigInit(parameters, addresses, configHash)],
    [
      "portal",
      encodeFunctionData({
        abi: OptimismPortal.abi,
        functionName: "initialize",
        args: [
          {
            depositFeed,
            systemConfig,
            blockOracle,
            proofMaturityDelaySeconds: BigInt(proofMaturityDelaySeconds),
          },
        ],
      }),
    ],
    [
      "l1CrossDomainMessenger",
      encodeFunctionData({
        abi: L1CrossDomainMessenger.abi,
        functionName: "initialize",
        args: [{ portal, otherMessenger: PREDEPLOYS.L2CrossDomainMessenger }],
      }),
    ],
    [
      "l1StandardBridge",
      encodeFunctionData({
        abi: L1StandardBridge.abi,
        functionName: "initialize",
        args: [
          {
            messenger: addresses.l1CrossDomainMessenger,
            otherBridge: PREDEPLOYS.L2StandardBridge,
          },
        ],
      }),
    ],
  ];
  return initCalls.map(([key, initCall]) =>
    planContract(parameters, ARTIFACTS[key], addresses[key], initCall),
  );
}

/** The last contract. `genesisOutputRoot` follows from the chain config and L1 block S. */
export function planOracle(parameters: DeployParameters, genesisOutputRoot: Hash): PlannedContract {
  const { sequencerFeed, systemConfig, blockOracle } = planAddresses(parameters);
  const initCall = encodeFunctionData({
    abi: BlockOracle.abi,
    functionName: "initialize",
    args: [
      {
        sequencerFeed,
        systemConfig,
        genesisOutputRoot,
        challengePeriodSeconds: BigInt(parameters.challengePeriodSeconds),
        disputeGameFinalityDelaySeconds: BigInt(parameters.disputeGameFinalityDelaySeconds),
        stakeWei: parameters.stakeWei,
      },
    ],
  });
  return planContract(parameters, BlockOracle, blockOracle, initCall);
}

/** Runtime code that each contract must have. */
export function plannedCode(): Record<keyof PlannedAddresses, Hex> {
  const entries = Object.entries(ARTIFACTS).map(([key, artifact]) => [
    key,
    artifact.deployedBytecode,
  ]);
  return Object.fromEntries(entries) as Record<keyof PlannedAddresses, Hex>;
}

function encodeSystemConfigInit(
  parameters: DeployParameters,
  addresses: PlannedAddresses,
  configHash: Hash,
): Hex {
  const { owner, batcher, system, l2ChainId } = parameters;
  return encodeFunctionData({
    abi: SystemConfig.abi,
    functionName: "initialize",
    args: [{ owner, configHash, l2ChainId: BigInt(l2ChainId), ...addresses, batcher, ...system }],
  });
}

function planContract(
  parameters: DeployParameters,
  artifact: Artifact,
  address: Address,
  initCall: Hex,
): PlannedContract {
  const salt = contractSalt(parameters, artifact.name);
  return {
    name: artifact.name,
    address,
    runtimeCode: artifact.deployedBytecode,
    to: planDeployer().address,
    data: encodeFunctionData({
      abi: Deployer.abi,
      functionName: "deploy",
      args: [salt, artifact.bytecode, initCall],
    }),
  };
}

function planWithProxy(name: string, initCode: Hex, runtimeCode: Hex): PlannedContract {
  return {
    name,
    address: create2Address(WELL_KNOWN.create2Proxy, ZERO_HASH, initCode),
    runtimeCode,
    to: WELL_KNOWN.create2Proxy,
    data: `0x${ZERO_HASH.slice(2)}${initCode.slice(2)}`,
  };
}

/** Salt given to the Deployer: chains of one deployer do not collide. */
function contractSalt({ salt, l2ChainId }: DeployParameters, name: string): Hash {
  const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "string" }] as const;
  return keccakHex(fromHex(encodeAbiParameters(types, [salt, BigInt(l2ChainId), name])));
}

/** Salt that the Deployer makes of it: nobody else can take the address. */
function boundSalt(sender: Address, salt: Hash): Hash {
  const types = [{ type: "address" }, { type: "bytes32" }] as const;
  return keccakHex(fromHex(encodeAbiParameters(types, [sender, salt])));
}
