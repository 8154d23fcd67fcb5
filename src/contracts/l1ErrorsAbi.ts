import type { Abi } from "viem";
import { BlockOracle } from "./generated/BlockOracle.js";
import { Deployer } from "./generated/Deployer.js";
import { DepositFeed } from "./generated/DepositFeed.js";
import { L1CrossDomainMessenger } from "./generated/L1CrossDomainMessenger.js";
import { L1StandardBridge } from "./generated/L1StandardBridge.js";
import { OptimismPortal } from "./generated/OptimismPortal.js";
import { Proposal } from "./generated/Proposal.js";
import { SequencerFeed } from "./generated/SequencerFeed.js";
import { SystemConfig } from "./generated/SystemConfig.js";

const CONTRACTS = [
  BlockOracle,
  Deployer,
  DepositFeed,
  L1CrossDomainMessenger,
  L1StandardBridge,
  OptimismPortal,
  Proposal,
  SequencerFeed,
  SystemConfig,
] as const;

/** Custom errors of all L1 contracts, to name the reason of a revert. */
export const L1_ERRORS_ABI: Abi = CONTRACTS.flatMap((contract) =>
  (contract.abi as Abi).filter((item) => item.type === "error"),
);
