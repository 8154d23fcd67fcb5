import { relative, resolve } from "node:path";
import type { Engine } from "../engine/types.js";
import { createEngineServer } from "../rpc/engine/engineServer.js";
import { L2_FORKS } from "../rpc/engine/forks.js";
import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import { systemClock } from "../util/clock.js";
import type { Closers } from "./closers.js";
import type { DataDir } from "./dataDir.js";
import { readJwtSecret } from "./jwtSecret.js";
import { portTaken } from "./portTaken.js";
import type { Progress } from "./progress.js";
import type { Settings } from "./settings.js";
import { VERSION } from "./version.js";

/** Port of the Engine API if none is asked for. */
export const DEFAULT_ENGINE_PORT = 9_551;

/** What the Engine API of a server is made of. */
export interface EngineServerParts {
  engine: Engine;
  dataDir: DataDir;
  logger: Logger;
  closers: Closers;
  progress: Progress;
  metrics?: Metrics;
}

/**
 * Opens the Engine API. If its port was not asked for and the usual one is taken, as by another server of this machine, the server
 * goes on without. Errors: CLI_PORT_TAKEN, CLI_CONFIG (the secret).
 */
export async function startEngineServer(
  settings: Pick<Settings, "enginePort" | "engineHost" | "vhosts" | "jwt">,
  parts: EngineServerParts,
): Promise<{ port: number } | undefined> {
  const { engine, dataDir, closers, progress, metrics } = parts;
  const jwtFile = settings.jwt ?? dataDir.at("jwt.hex");
  const server = createEngineServer({
    engine,
    forks: L2_FORKS,
    config: {
      port: settings.enginePort ?? DEFAULT_ENGINE_PORT,
      host: settings.engineHost,
      vhosts: settings.vhosts ?? [],
      secret: readJwtSecret(jwtFile),
      version: VERSION,
    },
    logger: parts.logger.child({ role: "engine-api" }),
    clock: systemClock,
    ...(metrics === undefined ? {} : { metrics }),
  });
  closers.add("Engine API", () => server.close());
  try {
    const { port } = await server.listen();
    const shown = settings.engineHost.includes(":")
      ? `[${settings.engineHost}]`
      : settings.engineHost;
    const url = `http://${shown}:${port}`;
    progress.done("Engine API", `${url}   secret ${shortPath(jwtFile)}`, { url, jwtFile });
    return { port };
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (settings.enginePort !== undefined || !isTaken) {
      throw portTaken("--engine-port", settings.enginePort ?? DEFAULT_ENGINE_PORT, cause);
    }
    progress.note(
      `no Engine API: port ${DEFAULT_ENGINE_PORT} is in use; choose another with --engine-port`,
    );
    return undefined;
  }
}

/** As people would write it: from where they are, if it is below. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), resolve(path));
  return short.startsWith("..") ? resolve(path) : `./${short}`;
}
