import type { ChainConfig, RollupConfig } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import { systemClock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import { deployContracts } from "../deploy.js";
import { type ComputeGenesisOutputRoot, readDeployment } from "../deployment.js";
import { L1Error } from "../errors.js";
import { KeyL1Sender } from "../sender.js";
import { devAccounts } from "./accounts.js";
import type { EmbeddedL1, L1Engine } from "./embeddedL1.js";
import { prepareDevL1 } from "./prepareDevL1.js";
import { startEmbeddedL1 } from "./startEmbeddedL1.js";

/** Settings of the development L1. */
export interface DevL1Config {
  dataDir: string;
  port: number;
  chain: ChainConfig;
  /** Seconds between L1 blocks; whole. */
  blockTimeSeconds?: number;
  fresh: boolean;
  /** Anvil if absent. */
  engine?: L1Engine;
}

/** What the development L1 needs. */
export interface DevL1Deps {
  logger: Logger;
  computeGenesisOutputRoot: ComputeGenesisOutputRoot;
  onExit?: (reason: string) => void;
}

/** A running L1 with the rollup's contracts on it. */
export interface DevL1 {
  embedded: EmbeddedL1;
  rollup: RollupConfig;
}

const BLOCK_TIME_SECONDS = 2;

/**
 * Starts the embedded L1 and, on a new chain, deploys the contracts; then L1 mines a block every two seconds.
 * Errors: those of `startEmbeddedL1`, `deployContracts` and `readDeployment`.
 */
export async function startDevL1(config: DevL1Config, deps: DevL1Deps): Promise<DevL1> {
  const { chain } = config;
  const { logger } = deps;
  const embedded = await startEmbeddedL1(config.engine ?? "anvil", {
    dataDir: config.dataDir,
    port: config.port,
    chainId: chain.l1ChainId,
    blockTimeSeconds: config.blockTimeSeconds ?? BLOCK_TIME_SECONDS,
    fresh: config.fresh,
    logger,
    ...(deps.onExit ? { onExit: deps.onExit } : {}),
  });
  try {
    const rollup = await readOrDeploy(embedded, chain, deps);
    await embedded.startIntervalMining();
    return { embedded, rollup };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function readOrDeploy(
  embedded: EmbeddedL1,
  chain: ChainConfig,
  deps: DevL1Deps,
): Promise<RollupConfig> {
  const { rpc } = embedded;
  const { computeGenesisOutputRoot, logger } = deps;
  try {
    return await readDeployment({ chain, rpc, computeGenesisOutputRoot });
  } catch (error) {
    if (!hasCode(error, "L1_NOT_DEPLOYED")) throw error;
  }
  const key = devAccounts().get(chain.deployer);
  if (key === undefined) throw new L1Error("L1_WRONG_DEPLOYER", { expected: chain.deployer });
  await prepareDevL1(rpc, chain, logger);
  const sender = new KeyL1Sender(
    { key, chainId: chain.l1ChainId, pollMs: 5 },
    { rpc, clock: systemClock, logger },
  );
  return deployContracts({ chain, rpc, sender, computeGenesisOutputRoot, logger });
}
