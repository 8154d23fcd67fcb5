import { WELL_KNOWN } from "../../contracts/addresses.js";
import { planAddresses } from "../../contracts/deployPlan.js";
import { L1_ERRORS_ABI } from "../../contracts/l1ErrorsAbi.js";
import { MULTICALL3_CODE } from "../../contracts/multicall3Code.js";
import type { ChainConfig, RollupConfig } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import { systemClock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import { deployContracts } from "../deploy.js";
import { type ComputeGenesisOutputRoot, readDeployment } from "../deployment.js";
import { L1Error } from "../errors.js";
import type { JsonRpc } from "../jsonRpc.js";
import { toQuantity } from "../rpcValues.js";
import { KeyL1Sender } from "../sender.js";
import { devAccounts } from "./accounts.js";
import { type Anvil, startAnvil } from "./anvil.js";

/** Settings of the development L1. */
export interface DevL1Config {
  dataDir: string;
  port: number;
  chain: ChainConfig;
  /** Seconds between L1 blocks; whole. */
  blockTimeSeconds?: number;
  fresh: boolean;
}

/** What the development L1 needs. */
export interface DevL1Deps {
  logger: Logger;
  computeGenesisOutputRoot: ComputeGenesisOutputRoot;
  onExit?: (reason: string) => void;
}

/** A running L1 with the rollup's contracts on it. */
export interface DevL1 {
  anvil: Anvil;
  rollup: RollupConfig;
}

const BLOCK_TIME_SECONDS = 2;

/**
 * Starts the embedded L1 and, on a new chain, deploys the contracts; then L1 mines a block every two seconds.
 * Errors: those of `startAnvil`, `deployContracts` and `readDeployment`.
 */
export async function startDevL1(config: DevL1Config, deps: DevL1Deps): Promise<DevL1> {
  const { chain } = config;
  const { logger } = deps;
  const anvil = await startAnvil({
    dataDir: config.dataDir,
    port: config.port,
    chainId: chain.l1ChainId,
    blockTimeSeconds: config.blockTimeSeconds ?? BLOCK_TIME_SECONDS,
    fresh: config.fresh,
    logger,
    ...(deps.onExit ? { onExit: deps.onExit } : {}),
  });
  try {
    const rollup = await readOrDeploy(anvil, chain, deps);
    await anvil.startIntervalMining();
    return { anvil, rollup };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function readOrDeploy(
  anvil: Anvil,
  chain: ChainConfig,
  deps: DevL1Deps,
): Promise<RollupConfig> {
  const { rpc } = anvil;
  const { computeGenesisOutputRoot, logger } = deps;
  try {
    return await readDeployment({ chain, rpc, computeGenesisOutputRoot });
  } catch (error) {
    if (!hasCode(error, "L1_NOT_DEPLOYED")) throw error;
  }
  const key = devAccounts().get(chain.deployer);
  if (key === undefined) throw new L1Error("L1_WRONG_DEPLOYER", { expected: chain.deployer });
  await rpc.call("anvil_setCode", [WELL_KNOWN.multicall3, MULTICALL3_CODE]);
  await fundPortal(rpc, chain, logger);
  const sender = new KeyL1Sender(
    { key, chainId: chain.l1ChainId, pollMs: 5, errorsAbi: L1_ERRORS_ABI },
    { rpc, clock: systemClock, logger },
  );
  const rollup = await deployContracts({ chain, rpc, sender, computeGenesisOutputRoot, logger });
  await anvil.saveState();
  return rollup;
}

/** L2 accounts that have ETH from genesis can withdraw it only if the portal holds as much. */
async function fundPortal(rpc: JsonRpc, chain: ChainConfig, logger: Logger): Promise<void> {
  const { portal } = planAddresses(chain);
  const wei = Object.values(chain.alloc).reduce((sum, balance) => sum + balance, 0n);
  await rpc.call("anvil_setBalance", [portal, toQuantity(wei)]);
  logger.info(
    { portal, wei },
    "development only: the portal was given ETH for the L2 genesis balances",
  );
}
