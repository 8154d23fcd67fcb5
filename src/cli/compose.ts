import { availableParallelism } from "node:os";
import { openEngine } from "../engine/index.js";
import type { Engine } from "../engine/types.js";
import { RoleControl } from "../jobs/roleControl.js";
import { startJobs } from "../jobs/startJobs.js";
import { registerEngineMetrics } from "../rpc/admin/metrics/engineMetrics.js";
import { forwardMethods } from "../rpc/engine/forwardMethods.js";
import { createGateway } from "../rpc/gateway.js";
import { METHODS } from "../rpc/registry.js";
import { BatchCosts } from "../services/batchCosts.js";
import { defaultBatcherConfig } from "../services/batcher/config.js";
import { ChainWatch } from "../services/chainWatch.js";
import { EventHub } from "../services/eventHub.js";
import { defaultHealthConfig, Health } from "../services/health/health.js";
import { defaultIncidentLogConfig, IncidentLog } from "../services/health/incidentLog.js";
import { roleProblems } from "../services/health/roleProblems.js";
import type { RollupNode } from "../services/node/rollupNode.js";
import { defaultRequestTrailConfig, RequestTrail } from "../services/requestTrail.js";
import { LevelStore } from "../storage/levelStore.js";
import { createMetrics } from "../telemetry/metrics.js";
import { systemClock } from "../util/clock.js";
import { hasCode } from "../util/errors.js";
import { printBanner } from "./banner.js";
import { connectEngine } from "./connectEngine.js";
import { contractsAnswer } from "./contractsAnswer.js";
import { createRoles } from "./createRoles.js";
import type { DataDir } from "./dataDir.js";
import { cliError } from "./errors.js";
import { type ComposeContext, type Foundation, layFoundation } from "./foundation.js";
import { pagesSettings } from "./pagesSettings.js";
import { portTaken } from "./portTaken.js";
import { writeRollupFile } from "./rollupFile.js";
import type { Settings } from "./settings.js";
import { startAdmin } from "./startAdmin.js";
import { startEngineServer } from "./startEngineServer.js";
import { statusOf } from "./statusOf.js";
import { VERSION } from "./version.js";

/** A server that runs. */
export interface RunningServer {
  url: string;
  adminUrl: string;
  engine: Engine;
  node: RollupNode;
  /** Resolves with a sentence for people when a part that everything needs has ended. */
  failed: Promise<string>;
}

/** After this time the addresses are printed even if the server has to catch up first. */
const READY_TIMEOUT_MS = 20_000;
const READY_POLL_MS = 50;
/** Events kept for readers that come back, and the time between looks at the heads. */
const KEPT_EVENTS = 1_024;
const WATCH_MS = 250;

/**
 * Makes and wires every object of a server, bottom to top, and starts it. What was started is in `context.closers`, also
 * when this fails half way.
 */
export async function compose(settings: Settings, context: ComposeContext): Promise<RunningServer> {
  const startedMs = Date.now();
  const { progress, logger, closers } = context;
  const foundation = await layFoundation(settings, context);
  const { rollup, dataDir, l1, redis } = foundation;

  writeRollupFile(dataDir.at("rollup.json"), rollup);
  const remote =
    settings.engineUrl === undefined
      ? undefined
      : await connectEngine(settings.engineUrl, settings.engineJwt, rollup, context);
  const engine = remote ?? (await openChain(foundation, context));
  const nodeStore = await LevelStore.open(dataDir.at("node"));
  closers.add("node store", () => nodeStore.close());
  const indexStore = await LevelStore.open(dataDir.at("index"));
  closers.add("index store", () => indexStore.close());
  const machineStore = await LevelStore.open(dataDir.at("machine"), { cacheBytes: 2 ** 20 });
  closers.add("machine store", () => machineStore.close());
  const metrics = createMetrics({ processMetrics: true });
  registerEngineMetrics(metrics, engine);
  progress.done("engine", `chain ${engine.chainId}   genesis ${engine.genesisHash}`);

  const stopping = new AbortController();
  const { node, indexer, prover, loops, duties, batcher, verifier, keys } = createRoles(settings, {
    foundation,
    engine,
    nodeStore,
    indexStore,
    machineStore,
    logger,
    metrics,
    stopping: stopping.signal,
  });
  const roles = [...loops, ...duties.map((duty) => duty.role)];
  closers.add("loops", async () => {
    await Promise.all(loops.map((role) => role.stop()));
  });
  for (const role of loops) await role.start();
  indexer.follow();
  const jobs = startJobs(
    { url: redis.url, prefix: `fovea-${rollup.chain.l2ChainId}`, duties },
    { logger, clock: systemClock },
  );
  closers.add("jobs", async () => {
    stopping.abort();
    await jobs.stop();
  });
  const control = new RoleControl({ loops, duties, jobs });
  progress.done("roles", roles.map((role) => role.name).join(", "));

  const events = new EventHub({ kept: KEPT_EVENTS }, { clock: systemClock });
  const health = new Health(defaultHealthConfig, {
    clock: systemClock,
    events,
    log: await openIncidentLog(foundation, context),
    problems: () => {
      const running = roles.filter(({ name }) => control.isRunning(name));
      return roleProblems(running, jobs.readinessProblems());
    },
  });
  const watch = new ChainWatch(
    { everyMs: WATCH_MS },
    { node, feeds: node.feeds, index: indexer.view, health, events, clock: systemClock, logger },
  );
  watch.start();
  closers.add("chain watch", () => watch.stop());
  const trail = new RequestTrail(defaultRequestTrailConfig, {
    engine,
    index: indexer.view,
    logger: logger.child({ role: "rpc" }),
  });
  trail.start();
  closers.add("trail of requests", () => trail.stop());
  const readiness = () => health.reasons();
  const gateway = createGateway({
    engine,
    ...(remote === undefined ? {} : { methods: forwardMethods(METHODS, remote) }),
    node,
    contracts: () => contractsAnswer(rollup),
    readiness,
    rest: {
      chain: node,
      index: indexer.view,
      l1: l1.rpc,
      prover,
      costs: new BatchCosts({ rpc: l1.rpc }),
      batcher: roles.some((role) => role.name === "batcher")
        ? {
            intervalMs: settings.batchInterval * 1_000,
            targetBytes: defaultBatcherConfig.targetBytes,
          }
        : undefined,
      health,
      events,
      roles: roles.map((role) => role.name),
    },
    pages: pagesSettings(settings, rollup, l1.url),
    config: {
      port: settings.port,
      host: settings.host,
      cors: settings.cors ?? [],
      vhosts: settings.vhosts ?? [],
      limits: {
        rateUnitsPerSecond: settings.rpcRateLimit,
        rateBurst: settings.rpcRateLimit * 4,
      },
      version: VERSION,
    },
    logger: logger.child({ role: "rpc" }),
    clock: systemClock,
    metrics,
  });
  closers.add("gateway", () => gateway.close());
  const { port } = await gateway.listen().catch((cause) => {
    throw portTaken("--port", settings.port, cause);
  });
  const url = `http://${hostForUrl(settings.host)}:${port}`;

  const parts = {
    rollup,
    node,
    roles: control,
    jobs,
    redis,
    problems: readiness,
    url,
    l1Url: l1.url,
  };
  if (remote === undefined) {
    await startEngineServer(settings, { engine, dataDir, logger, closers, progress, metrics });
  }
  const admin = await startAdmin(settings, {
    dataDir,
    metrics,
    logger: logger.child({ role: "admin" }),
    logControl: context.logControl,
    node,
    engine,
    prover,
    jobs,
    roles: control,
    keys,
    batcher,
    verifier,
    readiness,
    incidents: () => health.incidents(),
    status: () => statusOf(parts),
  });
  closers.add("admin port", () => admin.close());
  const adminUrl = `http://127.0.0.1:${admin.port}`;
  dataDir.writeNote({ pid: process.pid, version: VERSION, url, adminUrl, l1Url: l1.url });
  progress.done("L2", `${url}   chain ${rollup.chain.l2ChainId}`, { url });

  await untilReady(readiness, context);
  if (!context.signal.aborted) {
    const { chain, addresses } = rollup;
    const names = roles.map((role) => role.name);
    const tookMs = Date.now() - startedMs;
    const tokenPath = dataDir.at("admin.token");
    printBanner(progress, {
      chain,
      addresses,
      url,
      adminUrl,
      tokenPath,
      l1Url: l1.url,
      roles: names,
      tookMs,
    });
  }
  return { url, adminUrl, engine, node, failed: foundation.failed };
}

const MAX_CALL_THREADS = 2;

/** One core is left for everything that is not a call. */
function callThreads(): number {
  return Math.max(1, Math.min(MAX_CALL_THREADS, availableParallelism() - 1));
}

/** The engine on its store in the data directory. */
export async function openChain(
  { rollup, dataDir }: Pick<Foundation, "rollup" | "dataDir">,
  { logger, closers }: Pick<ComposeContext, "logger" | "closers">,
): Promise<Engine> {
  const store = await LevelStore.open(dataDir.at("engine"));
  // The engine closes its store; until it has it, we do.
  closers.add("engine store", () => store.close());
  const engine = await openEngine({
    rollup,
    store,
    clock: systemClock,
    logger,
    journalPath: dataDir.at("pool.journal"),
    threads: callThreads(),
  }).catch((error) => {
    throw explainEngineError(error, dataDir);
  });
  closers.add("engine", () => engine.close());
  return engine;
}

/** A store of its own, which `rebuild` leaves alone. */
async function openIncidentLog(
  { dataDir }: Pick<Foundation, "dataDir">,
  { logger, closers }: Pick<ComposeContext, "logger" | "closers">,
): Promise<IncidentLog> {
  try {
    const store = await LevelStore.open(dataDir.at("incidents"), { cacheBytes: 2 ** 20 });
    closers.add("incident store", () => store.close());
    const deps = { store, logger, nowMs: systemClock.nowMs() };
    const log = await IncidentLog.open(defaultIncidentLogConfig, deps);
    closers.add("incident log", () => log.close());
    return log;
  } catch (error) {
    // Not worth a server that does not start.
    logger.warn({ error }, "incidents of the past cannot be read, new ones are not kept");
    return IncidentLog.inMemory();
  }
}

function explainEngineError(error: unknown, dataDir: DataDir): unknown {
  if (!hasCode(error, "ENGINE_OTHER_GENESIS")) return error;
  return cliError(
    "CLI_DATADIR",
    `The data directory ${dataDir.path} holds another chain than this L1 and chain config; choose another with --datadir, or begin anew with --fresh.`,
    error,
  );
}

async function untilReady(problems: () => string[], context: ComposeContext): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (problems().length > 0 && !context.signal.aborted) {
    if (Date.now() > deadline) {
      context.progress.note(`not ready yet: ${problems().join("; ")}`);
      return;
    }
    await systemClock.sleep(READY_POLL_MS, context.signal);
  }
}

function hostForUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
