import { WELL_KNOWN } from "../../contracts/addresses.js";
import { planAddresses } from "../../contracts/deployPlan.js";
import { MULTICALL3_CODE } from "../../contracts/multicall3Code.js";
import type { ChainConfig } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { JsonRpc } from "../jsonRpc.js";
import { toQuantity } from "../rpcValues.js";

/**
 * Gives a new embedded L1 what a public one has: Multicall3 at its usual address, and ETH in the portal for the balances
 * of the L2 genesis, which could not be withdrawn otherwise. To be called before `deployContracts`.
 */
export async function prepareDevL1(
  rpc: JsonRpc,
  chain: ChainConfig,
  logger: Logger,
): Promise<void> {
  // Anvil knows these names too.
  await rpc.call("hardhat_setCode", [WELL_KNOWN.multicall3, MULTICALL3_CODE]);
  const { portal } = planAddresses(chain);
  const wei = Object.values(chain.alloc).reduce((sum, balance) => sum + balance, 0n);
  await rpc.call("hardhat_setBalance", [portal, toQuantity(wei)]);
  logger.info(
    { portal, wei },
    "development only: the portal holds ETH for the L2 genesis balances",
  );
}
