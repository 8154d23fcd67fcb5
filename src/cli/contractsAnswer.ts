import { getAddress } from "viem";
import type { RollupConfig } from "../protocol/types.js";

/** What `GET /api/v1/contracts` answers: chain ids and checksummed L1 addresses, one flat object that tools are configured with. */
export function contractsAnswer({
  chain,
  addresses,
}: RollupConfig): Record<string, string | number> {
  const { blockOracle } = addresses;
  return {
    l1ChainId: chain.l1ChainId,
    l2ChainId: chain.l2ChainId,
    portal: getAddress(addresses.portal),
    // One contract with three faces.
    disputeGameFactory: getAddress(blockOracle),
    anchorStateRegistry: getAddress(blockOracle),
    blockOracle: getAddress(blockOracle),
    systemConfig: getAddress(addresses.systemConfig),
    l1StandardBridge: getAddress(addresses.l1StandardBridge),
    l1CrossDomainMessenger: getAddress(addresses.l1CrossDomainMessenger),
    multicall3: getAddress(addresses.multicall3),
    sequencerFeed: getAddress(addresses.sequencerFeed),
    depositFeed: getAddress(addresses.depositFeed),
  };
}
