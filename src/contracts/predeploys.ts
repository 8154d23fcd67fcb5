import type { Address, Hash, Hex } from "../util/hex.js";
import { BaseFeeVault } from "./generated/BaseFeeVault.js";
import { GasPriceOracle } from "./generated/GasPriceOracle.js";
import { L1Block } from "./generated/L1Block.js";
import { L1BlockNumber } from "./generated/L1BlockNumber.js";
import { L1FeeVault } from "./generated/L1FeeVault.js";
import { L2CrossDomainMessenger } from "./generated/L2CrossDomainMessenger.js";
import { L2StandardBridge } from "./generated/L2StandardBridge.js";
import { L2ToL1MessagePasser } from "./generated/L2ToL1MessagePasser.js";
import { OperatorFeeVault } from "./generated/OperatorFeeVault.js";
import { OptimismMintableERC20Factory } from "./generated/OptimismMintableERC20Factory.js";
import { SequencerFeeVault } from "./generated/SequencerFeeVault.js";
import { WETH9 } from "./generated/WETH9.js";
import type { GenesisContract } from "./genesisContract.js";

/** Addresses of our contracts on L2. Source: docs/protocol/genesis.md#l2-genesis-block */
export const PREDEPLOYS = {
  WETH9: "0x4200000000000000000000000000000000000006",
  L2CrossDomainMessenger: "0x4200000000000000000000000000000000000007",
  GasPriceOracle: "0x420000000000000000000000000000000000000f",
  L2StandardBridge: "0x4200000000000000000000000000000000000010",
  SequencerFeeVault: "0x4200000000000000000000000000000000000011",
  OptimismMintableERC20Factory: "0x4200000000000000000000000000000000000012",
  L1BlockNumber: "0x4200000000000000000000000000000000000013",
  L1Block: "0x4200000000000000000000000000000000000015",
  L2ToL1MessagePasser: "0x4200000000000000000000000000000000000016",
  BaseFeeVault: "0x4200000000000000000000000000000000000019",
  L1FeeVault: "0x420000000000000000000000000000000000001a",
  OperatorFeeVault: "0x420000000000000000000000000000000000001b",
} as const satisfies Record<string, Address>;

/** What the predeploys' initial storage depends on. `L1Addresses` fits `addresses`. */
export interface PredeployInput {
  addresses: { l1CrossDomainMessenger: Address; l1StandardBridge: Address };
  /** Recipient on L1 of all fees. */
  owner: Address;
}

/** Our contracts as the L2 genesis holds them, in the order of their addresses. Source: docs/protocol/genesis.md#l2-genesis-block */
export function predeployStates(input: PredeployInput): GenesisContract[] {
  const { l1CrossDomainMessenger, l1StandardBridge } = input.addresses;
  const messenger = { [slot(MESSENGER_OTHER)]: addressWord(l1CrossDomainMessenger) };
  const bridge = {
    [slot(BRIDGE_MESSENGER)]: addressWord(PREDEPLOYS.L2CrossDomainMessenger),
    [slot(BRIDGE_OTHER)]: addressWord(l1StandardBridge),
  };
  const feeVault = { [slot(FEE_VAULT_RECIPIENT)]: addressWord(input.owner) };
  return [
    state(WETH9),
    state(L2CrossDomainMessenger, messenger),
    state(GasPriceOracle),
    state(L2StandardBridge, bridge),
    state(SequencerFeeVault, feeVault),
    state(OptimismMintableERC20Factory),
    state(L1BlockNumber),
    state(L1Block),
    state(L2ToL1MessagePasser),
    state(BaseFeeVault, feeVault),
    state(L1FeeVault, feeVault),
    state(OperatorFeeVault, feeVault),
  ];
}

// Storage slots; a test compares them with what the getters answer.
/** `CrossDomainMessenger.otherMessenger`. */
const MESSENGER_OTHER = 3;
/** `StandardBridge.messenger` and `otherBridge`. */
const BRIDGE_MESSENGER = 0;
const BRIDGE_OTHER = 1;
/** `FeeVault.recipient`. */
const FEE_VAULT_RECIPIENT = 1;

function state(
  contract: { name: keyof typeof PREDEPLOYS; deployedBytecode: Hex },
  storage: Record<Hash, Hash> = {},
): GenesisContract {
  const { name, deployedBytecode } = contract;
  return { name, address: PREDEPLOYS[name], code: deployedBytecode, storage: { ...storage } };
}

function slot(index: number): Hash {
  return `0x${index.toString(16).padStart(64, "0")}`;
}

function addressWord(address: Address): Hash {
  return `0x${address.slice(2).toLowerCase().padStart(64, "0")}`;
}
