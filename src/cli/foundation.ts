import { createServer } from "node:net";
import { computeGenesis } from "../engine/genesis.js";
import { type RedisServer, startRedis } from "../jobs/redisServer.js";
import { deployContracts } from "../l1/deploy.js";
import { readDeployment } from "../l1/deployment.js";
import type { L1Engine } from "../l1/dev/embeddedL1.js";
import { prepareDevL1 } from "../l1/dev/prepareDevL1.js";
import { KeyL1Sender } from "../l1/sender.js";
import type { ChainConfig, RollupConfig } from "../protocol/types.js";
import type { LogControl } from "../telemetry/logControl.js";
import type { Logger } from "../telemetry/logger.js";
import { systemClock } from "../util/clock.js";
import { hasCode } from "../util/errors.js";
import { chooseL1 } from "./chooseL1.js";
import type { Closers } from "./closers.js";
import { DataDir } from "./dataDir.js";
import { cliError, sentenceOf } from "./errors.js";
import { chooseKeys, type Keys } from "./keys.js";
import { connectL1, type L1Connection } from "./l1Connection.js";
import { loadChainConfig } from "./loadChainConfig.js";
import { portTaken } from "./portTaken.js";
import type { Progress } from "./progress.js";
import type { Settings } from "./settings.js";

/** What a command brings along. */
export interface ComposeContext {
  progress: Progress;
  logger: Logger;
  /** Of that logger, for a server whose log level can be changed. */
  logControl?: LogControl;
  /** Gets everything that must be ended. */
  closers: Closers;
  /** Aborted when the person asks to stop. */
  signal: AbortSignal;
}

/** Everything below the engine. */
export interface Foundation {
  chain: ChainConfig;
  rollup: RollupConfig;
  keys: Keys;
  dataDir: DataDir;
  l1: L1Connection;
  redis: RedisServer;
  /** Resolves with a sentence for people when the embedded L1 has ended without being asked. */
  failed: Promise<string>;
}

/** L1 transactions of a development chain are looked for often: its blocks come every two seconds. */
const DEV_POLL_MS = 100;

/**
 * Checks the configuration, takes the data directory, and brings up Redis, L1 and the contracts on it.
 * Errors: all CLI_* but CLI_USAGE and CLI_SERVER_UNREACHABLE, and those of `deployContracts` and `startEmbeddedL1`.
 */
export async function layFoundation(
  settings: Settings,
  context: ComposeContext,
): Promise<Foundation> {
  const { progress, logger, closers } = context;
  const chain = loadChainConfig(settings.chainConfig);
  const keys = chooseKeys(settings, chain);
  const dataDir = DataDir.open(settings.datadir);
  closers.add("data directory", async () => dataDir.release());
  // Before anything slow: a taken port should not be found after half a start.
  await assertPortFree("--port", settings.port, settings.host);
  await assertPortFree("--admin-port", settings.adminPort, "127.0.0.1");
  const choice = chooseL1(settings, dataDir, (line) => progress.note(line));

  let fail: (reason: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    fail = resolve;
  });
  const redisReady = startQueueServer(settings, choice.fresh, dataDir, context);
  const l1Ready = connectL1(settings, chain, {
    dataDir,
    choice,
    logger,
    onExit: (reason) => fail(describeL1End(reason, choice.engine, dataDir)),
  });
  // Both are ended whatever fails first.
  closers.add("redis", async () => (await redisReady.catch(() => undefined))?.close());
  closers.add("L1", async () => (await l1Ready.catch(() => undefined))?.embedded?.stop());
  const [redis, l1] = await Promise.all([redisReady, l1Ready]);
  progress.done(
    l1.embedded === undefined ? "L1" : "L1 dev chain",
    `${l1.url}   chain ${chain.l1ChainId}${describeEmbedded(l1, settings)}`,
    { url: l1.url, chainId: chain.l1ChainId, engine: l1.embedded?.engine },
  );
  progress.done("queue", redis.label, { mode: redis.mode });

  const { rollup, isNew } = await findContracts(chain, l1, keys, logger);
  await l1.embedded?.startIntervalMining();
  progress.done(
    "contracts",
    `${isNew ? "deployed" : "found"}   portal ${rollup.addresses.portal}`,
    {
      isNew,
    },
  );
  return { chain, rollup, keys, dataDir, l1, redis, failed };
}

function describeEmbedded({ embedded }: L1Connection, { l1BlockTime }: Settings): string {
  if (embedded === undefined) return "";
  const keeper = embedded.engine === "hardhat" ? "   Hardhat's node, in memory only" : "";
  return `   block every ${l1BlockTime} s${keeper}`;
}

function describeL1End(reason: string, engine: L1Engine | undefined, dataDir: DataDir): string {
  const [program, next] =
    engine === "hardhat"
      ? ["Hardhat's node", "begins a new chain"]
      : ["anvil", "goes on from the last L1 block that was saved"];
  const log = dataDir.at("l1", `${engine}.log`);
  return `The embedded L1 (${program}) ended (${reason}), so the server stops; \`npx fovea start\` ${next} (see ${log}).`;
}

async function startQueueServer(
  settings: Settings,
  fresh: boolean,
  dataDir: DataDir,
  { logger }: ComposeContext,
): Promise<RedisServer> {
  try {
    return await startRedis(
      { url: settings.redisUrl?.reveal(), dir: dataDir.at("redis"), fresh },
      { logger: logger.child({ role: "redis" }) },
    );
  } catch (cause) {
    throw cliError("CLI_REDIS", sentenceOf(cause), cause);
  }
}

/** The contracts of the chain; deployed if none of them is there and we have the deployer's key. */
async function findContracts(
  chain: ChainConfig,
  l1: L1Connection,
  keys: Keys,
  logger: Logger,
): Promise<{ rollup: RollupConfig; isNew: boolean }> {
  const computeGenesisOutputRoot = async (rollup: RollupConfig) =>
    (await computeGenesis(rollup)).outputRoot;
  try {
    const rollup = await readDeployment({ chain, rpc: l1.rpc, computeGenesisOutputRoot });
    return { rollup, isNew: false };
  } catch (error) {
    if (!hasCode(error, "L1_NOT_DEPLOYED")) throw error;
    if (keys.deployer === undefined) {
      throw cliError(
        "CLI_CONFIG",
        `The contracts of L2 chain ${chain.l2ChainId} are not on the L1 at ${l1.url}; start a server with roles and FOVEA_DEPLOYER_KEY to deploy them, or correct --l1-rpc-url and --chain-config.`,
        error,
      );
    }
    const isEmbedded = l1.embedded !== undefined;
    if (isEmbedded) await prepareDevL1(l1.rpc, chain, logger.child({ role: "l1" }));
    const sender = new KeyL1Sender(
      {
        key: keys.deployer,
        chainId: chain.l1ChainId,
        ...(isEmbedded ? { pollMs: 10 } : { confirmations: 1 }),
      },
      { rpc: l1.rpc, clock: systemClock, logger },
    );
    const rollup = await deployContracts({
      chain,
      rpc: l1.rpc,
      sender,
      computeGenesisOutputRoot,
      logger: logger.child({ role: "deployer" }),
    });
    return { rollup, isNew: true };
  }
}

/** Milliseconds between looks at a transaction on L1. */
export function senderPollMs(l1: L1Connection): number {
  return l1.embedded === undefined ? 1_000 : DEV_POLL_MS;
}

function assertPortFree(flag: string, port: number, host: string): Promise<void> {
  if (port === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) => reject(portTaken(flag, port, cause)));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve()));
  });
}
