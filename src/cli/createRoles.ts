import type { Engine } from "../engine/types.js";
import type { DutyName } from "../jobs/jobTypes.js";
import { VerifyingL1Reader } from "../l1/reader.js";
import type { AdminKey } from "../rpc/admin/adminDeps.js";
import { Batcher } from "../services/batcher/batcher.js";
import { defaultBatcherConfig } from "../services/batcher/config.js";
import { defaultForcerConfig, Forcer } from "../services/forcer/forcer.js";
import { defaultIndexerConfig, Indexer } from "../services/indexer/indexer.js";
import { RpcPortalLogReader } from "../services/indexer/portalLogs.js";
import { defaultMachineConfig, MachineTracker } from "../services/machine/machineTracker.js";
import { RootStore } from "../services/machine/rootStore.js";
import { defaultProverConfig, StepProver } from "../services/machine/stepProver.js";
import { WorkerRunner } from "../services/machine/workerRunner.js";
import { defaultNodeConfig } from "../services/node/config.js";
import { RollupNode } from "../services/node/rollupNode.js";
import { RpcOracleReader } from "../services/proposals/oracleReader.js";
import { defaultProposerConfig } from "../services/proposer/config.js";
import { Proposer } from "../services/proposer/proposer.js";
import { defaultSequencerConfig } from "../services/sequencer/config.js";
import { Sequencer } from "../services/sequencer/sequencer.js";
import type { Role } from "../services/types.js";
import { defaultVerifierConfig, Verifier } from "../services/verifier/verifier.js";
import type { KeyValueStore } from "../storage/types.js";
import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import { systemClock } from "../util/clock.js";
import { isDevChain } from "./devKeys.js";
import { type Foundation, senderPollMs } from "./foundation.js";
import { SenderPool } from "./senderPool.js";
import type { Settings } from "./settings.js";

/** What the roles stand on. */
export interface RoleDeps {
  foundation: Foundation;
  engine: Engine;
  nodeStore: KeyValueStore;
  indexStore: KeyValueStore;
  machineStore: KeyValueStore;
  logger: Logger;
  metrics: Metrics;
  /** Aborted when the server stops. */
  stopping: AbortSignal;
}

/** Origins of an external L1 are taken at this depth unless told otherwise: most reorgs are shallower. */
const EXTERNAL_L1_CONFIRMATIONS = 4;

/** The roles of a server. */
export interface Roles {
  node: RollupNode;
  indexer: Indexer;
  /** Machine roots, as far as they are known. */
  machineRoots: RootStore;
  prover: StepProver;
  /** Run in loops of their own, because everything waits for them; the node is the first. */
  loops: Role[];
  /** Undefined: not in this server. */
  batcher: Batcher | undefined;
  verifier: Verifier | undefined;
  /** Of the roles that send to L1. */
  keys: readonly AdminKey[];
  /** Run as jobs. */
  duties: { name: DutyName; role: Role; everyMs: number }[];
}

/** How often a duty looks whether there is something to do. */
const DUTY_INTERVAL_MS = 1_000;

/** Makes the node and the roles asked for. */
export function createRoles(settings: Settings, deps: RoleDeps): Roles {
  const { foundation, engine, logger, stopping } = deps;
  const { rollup, l1, keys } = foundation;
  const clock = systemClock;
  const log = (role: string) => logger.child({ role });
  const reader = new VerifyingL1Reader(rollup, { rpc: l1.rpc, logger: log("l1") });
  const senders = new SenderPool(
    { chainId: rollup.chain.l1ChainId, pollMs: senderPollMs(l1) },
    { rpc: l1.rpc, clock, logger: log("l1"), metrics: deps.metrics, stopping },
  );

  const machineRoots = new RootStore(deps.machineStore);
  const node = new RollupNode(rollup, defaultNodeConfig, {
    l1: reader,
    engine,
    store: deps.nodeStore,
    machine: machineRoots,
    clock,
    logger: log("node"),
  });
  const oracle = new RpcOracleReader(rollup.addresses.blockOracle, { rpc: l1.rpc });
  const portal = new RpcPortalLogReader(rollup.addresses.portal, { rpc: l1.rpc });
  const indexer = new Indexer(defaultIndexerConfig, {
    node,
    engine,
    l1: reader,
    portal,
    oracle,
    store: deps.indexStore,
    clock,
    logger: log("indexer"),
  });
  const loops: Role[] = [node];
  const duties: Roles["duties"] = [];
  let batcher: Batcher | undefined;
  let verifier: Verifier | undefined;
  const addDuty = (name: DutyName, role: Role) =>
    duties.push({ name, role, everyMs: DUTY_INTERVAL_MS });
  if (settings.roles.includes("sequencer")) {
    const l1Confirmations =
      settings.l1Confirmations ?? (l1.embedded === undefined ? EXTERNAL_L1_CONFIRMATIONS : 0);
    const blockTimeSeconds = settings.blockTime ?? rollup.chain.blockTimeSeconds;
    loops.push(
      new Sequencer(
        { ...defaultSequencerConfig, blockTimeSeconds, l1Confirmations },
        { chain: node, l1: reader, pool: engine.pool, clock, logger: log("sequencer") },
      ),
    );
  }
  if (settings.roles.includes("batcher") && keys.batcher !== undefined) {
    const sender = senders.of(keys.batcher, "batcher");
    batcher = new Batcher(
      { ...defaultBatcherConfig, intervalMs: settings.batchInterval * 1_000 },
      { chain: node, engine, l1: reader, sender, clock, logger: log("batcher") },
    );
    addDuty("batching", batcher);
  }
  if (settings.roles.includes("proposer") && keys.proposer !== undefined) {
    const sender = senders.of(keys.proposer, "proposer");
    addDuty(
      "proposing",
      new Proposer(
        { ...defaultProposerConfig, finalizedOnly: !isDevChain(rollup.chain.l1ChainId) },
        { node, reader: oracle, l1: reader, sender, clock, logger: log("proposer") },
      ),
    );
    // Whoever watches the chain also sees to it that no deposit is left out.
    addDuty(
      "forcing",
      new Forcer(defaultForcerConfig, { chain: node, sender, clock, logger: log("forcer") }),
    );
  }
  if (settings.roles.includes("verifier")) {
    const deps = { node, reader: oracle, clock, logger: log("verifier") };
    verifier = new Verifier(defaultVerifierConfig, deps);
    addDuty("verification", verifier);
  }
  // Every server answers from its own index, and proves from its own machine roots, whatever else it does.
  addDuty("indexing", indexer);
  addDuty(
    "machine",
    new MachineTracker(defaultMachineConfig, {
      node,
      engine,
      l1: reader,
      roots: machineRoots,
      clock,
      logger: log("machine"),
      runner: new WorkerRunner(),
    }),
  );
  const prover = new StepProver(defaultProverConfig, { node, engine, l1: reader });
  return {
    node,
    indexer,
    machineRoots,
    prover,
    loops,
    duties,
    batcher,
    verifier,
    keys: senders.keys,
  };
}
