import type { Engine } from "../engine/types.js";
import type { RoleControl } from "../jobs/roleControl.js";
import type { Jobs } from "../jobs/startJobs.js";
import type { AdminKey } from "../rpc/admin/adminDeps.js";
import { type AdminServer, createAdminServer } from "../rpc/admin/adminServer.js";
import { loadAdminTokens } from "../rpc/admin/adminTokens.js";
import { hideUrls } from "../rpc/admin/hideUrls.js";
import { registerHeadMetrics } from "../rpc/admin/metrics/headMetrics.js";
import { registerJobMetrics } from "../rpc/admin/metrics/jobMetrics.js";
import { registerKeyMetrics } from "../rpc/admin/metrics/keyMetrics.js";
import type { RollupNodeView } from "../services/types.js";
import { LogControl } from "../telemetry/logControl.js";
import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import { systemClock } from "../util/clock.js";
import type { DataDir } from "./dataDir.js";
import { cliError, sentenceOf } from "./errors.js";
import { portTaken } from "./portTaken.js";
import { SETTINGS, type SettingName, type Settings } from "./settings.js";
import { VERSION } from "./version.js";

/** What the admin port is made of. */
export interface AdminParts {
  dataDir: DataDir;
  metrics: Metrics;
  logger: Logger;
  /** Absent: the log level cannot be changed. */
  logControl?: LogControl | undefined;
  node: RollupNodeView;
  engine: Engine;
  prover?: { payload(block: bigint): Promise<Uint8Array> };
  jobs: Jobs;
  roles: RoleControl;
  keys: readonly AdminKey[];
  batcher?: { requestFlush(): void } | undefined;
  verifier?: { verdictCounts: Readonly<Record<string, number>> } | undefined;
  readiness(): string[];
  incidents?(): readonly object[];
  status(): Promise<object>;
}

/** Opens the admin port with its metrics. Errors: CLI_DATADIR (token files), CLI_PORT_TAKEN. */
export async function startAdmin(settings: Settings, parts: AdminParts): Promise<AdminServer> {
  const { dataDir, metrics, jobs, roles, keys, node, engine } = parts;
  const clock = systemClock;
  const logControl = parts.logControl ?? new LogControl(settings.logLevel);
  registerHeadMetrics(metrics, { node, engine, clock });
  const proposals = () => parts.verifier?.verdictCounts ?? {};
  registerJobMetrics(metrics, { jobs, roles, readiness: parts.readiness, proposals, clock });
  registerKeyMetrics(metrics, keys);
  const deps = {
    version: VERSION,
    tokens: readTokens(dataDir),
    metrics,
    logger: parts.logger,
    logControl,
    clock,
    node,
    engine,
    prover: parts.prover,
    jobs,
    roles,
    batcher: parts.batcher,
    keys,
    readiness: parts.readiness,
    status: parts.status,
    config: () => visibleSettings(settings),
    ...(parts.incidents === undefined ? {} : { incidents: parts.incidents }),
  };
  return createAdminServer(settings.adminPort, deps).catch((cause) => {
    throw portTaken("--admin-port", settings.adminPort, cause);
  });
}

function readTokens(dataDir: DataDir) {
  try {
    return loadAdminTokens(dataDir.path);
  } catch (cause) {
    throw cliError("CLI_DATADIR", sentenceOf(cause), cause);
  }
}

/** Settings as an operator may see them: secrets are `***`, URLs end at the port. */
function visibleSettings(settings: Settings): object {
  const names = Object.keys(SETTINGS) as SettingName[];
  const rows = names.map((name) => [name, settings[name] ?? null]);
  return hideUrls(Object.fromEntries(rows)) as object;
}
