import { createGateway } from "../../rpc/gateway.js";
import { LogControl } from "../../telemetry/logControl.js";
import { createLogger } from "../../telemetry/logger.js";
import { systemClock } from "../../util/clock.js";
import { Closers } from "../closers.js";
import { openChain } from "../compose.js";
import { contractsAnswer } from "../contractsAnswer.js";
import { DataDir } from "../dataDir.js";
import { portTaken } from "../portTaken.js";
import { type GivenFlags, readSettings } from "../readSettings.js";
import { readRollupFile } from "../rollupFile.js";
import { DEFAULT_ENGINE_PORT, startEngineServer } from "../startEngineServer.js";
import { VERSION } from "../version.js";
import { createProgress, stopAll, untilAskedToStop } from "./start.js";

/** `fovea engine`: the execution engine of an L2 alone, driven by a rollup node elsewhere, until it is asked to stop. */
export async function engine(
  flags: GivenFlags & { rollup: string; json?: boolean },
): Promise<void> {
  const read = readSettings(flags, process.env);
  const { settings } = read;
  const rollup = readRollupFile(flags.rollup);
  const progress = createProgress(read, flags.json === true);
  progress.title(`fovea engine ${VERSION}`);
  const logger = createLogger({
    control: new LogControl(settings.logLevel),
    level: settings.logLevel,
    json: settings.logJson || !process.stderr.isTTY,
  });
  const closers = new Closers();
  const stopping = new AbortController();
  const stopped = untilAskedToStop(stopping, progress);
  try {
    const dataDir = DataDir.open(settings.datadir);
    closers.add("data directory", async () => dataDir.release());
    const chain = await openChain({ rollup, dataDir }, { logger, closers });
    progress.done("engine", `chain ${chain.chainId}   genesis ${chain.genesisHash}`);
    const parts = { engine: chain, dataDir, logger, closers, progress };
    // Without it this command would be for nothing, so a taken port is an error here.
    const enginePort = settings.enginePort ?? DEFAULT_ENGINE_PORT;
    await startEngineServer({ ...settings, enginePort }, parts);
    const gateway = createGateway({
      engine: chain,
      contracts: () => contractsAnswer(rollup),
      readiness: () => [],
      config: {
        port: settings.port,
        host: settings.host,
        cors: settings.cors ?? [],
        vhosts: settings.vhosts ?? [],
        version: VERSION,
      },
      logger: logger.child({ role: "rpc" }),
      clock: systemClock,
    });
    closers.add("gateway", () => gateway.close());
    const { port } = await gateway.listen().catch((cause) => {
      throw portTaken("--port", settings.port, cause);
    });
    progress.done("JSON-RPC", `http://${settings.host}:${port}`, { port });
    await stopped;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await stopAll(closers, logger);
  }
}
