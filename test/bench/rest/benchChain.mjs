// The parts of a server that make a chain, on stores in a data directory, with a clock that follows L1's.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { devAccounts } from "../../../dist/cli/devKeys.js";
import { computeGenesis } from "../../../dist/engine/genesis.js";
import { openEngine } from "../../../dist/engine/index.js";
import { deployContracts } from "../../../dist/l1/deploy.js";
import { prepareDevL1 } from "../../../dist/l1/dev/prepareDevL1.js";
import { PrivateKey } from "../../../dist/l1/privateKey.js";
import { VerifyingL1Reader } from "../../../dist/l1/reader.js";
import { KeyL1Sender } from "../../../dist/l1/sender.js";
import { parseChainConfig } from "../../../dist/protocol/index.js";
import { Batcher } from "../../../dist/services/batcher/batcher.js";
import { defaultBatcherConfig } from "../../../dist/services/batcher/config.js";
import {
  defaultMachineConfig,
  MachineTracker,
} from "../../../dist/services/machine/machineTracker.js";
import { RootStore } from "../../../dist/services/machine/rootStore.js";
import { defaultNodeConfig } from "../../../dist/services/node/config.js";
import { RollupNode } from "../../../dist/services/node/rollupNode.js";
import { RpcOracleReader } from "../../../dist/services/proposals/oracleReader.js";
import { defaultProposerConfig } from "../../../dist/services/proposer/config.js";
import { Proposer } from "../../../dist/services/proposer/proposer.js";
import { defaultSequencerConfig } from "../../../dist/services/sequencer/config.js";
import { Sequencer } from "../../../dist/services/sequencer/sequencer.js";
import { LevelStore } from "../../../dist/storage/levelStore.js";
import { createLogger, silentLogger } from "../../../dist/telemetry/logger.js";
import { startBenchL1 } from "./benchL1.mjs";

/** Writes are not waited for: a chain for measurements need not survive a power cut while it is made. */
async function openQuick(path) {
  const store = await LevelStore.open(path);
  const write = store.batch.bind(store);
  store.batch = (operations) => write(operations);
  return store;
}

/** Opens everything that makes blocks, batches and proposals; nothing moves by itself. */
export async function openBenchChain(dir, { startTime, l1Pace }) {
  const chain = parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
  const logger = process.env.BENCH_DEBUG ? createLogger({ level: "debug" }) : silentLogger();
  const l1 = await startBenchL1(join(dir, "l1"), { chainId: chain.l1ChainId, startTime });
  const { rpc } = l1;
  let nowMs = startTime * 1000;
  const clock = {
    nowMs: () => nowMs,
    sleep: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 2))),
  };
  const keyOf = (address) => devAccounts().find((account) => account.address === address).key;
  const senderOf = (address) =>
    new KeyL1Sender(
      { key: new PrivateKey(keyOf(address)), chainId: chain.l1ChainId, pollMs: 1 },
      { rpc, clock, logger },
    );
  await prepareDevL1(rpc, chain, logger);
  const rollup = await deployContracts({
    chain,
    rpc,
    logger,
    sender: senderOf(chain.deployer),
    computeGenesisOutputRoot: async (it) => (await computeGenesis(it)).outputRoot,
  });
  await l1.pace(l1Pace);

  const engine = await openEngine({ rollup, clock, store: await openQuick(join(dir, "engine")) });
  const nodeStore = await openQuick(join(dir, "node"));
  const machineStore = await openQuick(join(dir, "machine"));
  const roots = new RootStore(machineStore);
  const reader = new VerifyingL1Reader(rollup, { rpc, logger });
  const node = new RollupNode(rollup, defaultNodeConfig, {
    l1: reader,
    engine,
    store: nodeStore,
    machine: roots,
    clock,
    logger,
  });
  const oracle = new RpcOracleReader(rollup.addresses.blockOracle, { rpc });
  const parts = { chain: node, l1: reader, clock, logger };
  const sequencer = new Sequencer({ ...defaultSequencerConfig, maxBlocksBehind: 1_000_000 }, parts);
  const batcher = new Batcher(defaultBatcherConfig, {
    ...parts,
    engine,
    sender: senderOf(chain.batcher),
  });
  const proposer = new Proposer(defaultProposerConfig, {
    node,
    reader: oracle,
    l1: reader,
    clock,
    logger,
    sender: senderOf(chain.proposer),
  });
  const tracker = new MachineTracker(defaultMachineConfig, {
    ...{ node, engine, l1: reader, roots, clock, logger },
  });
  /** The node reads what L1 has now, and the clock is L1's; the machine runs what the node has derived, for the proposals. */
  const follow = async () => {
    nowMs = (await l1.headTime()) * 1000;
    while ((await node.step()).status === "progress");
    while ((await tracker.step()).status === "progress");
  };
  await follow();
  return {
    ...{ rollup, l1, engine, node, oracle, sequencer, batcher, proposer, senderOf, follow, reader },
    head: async () => Number((await engine.getHeader("latest")).number),
    async close() {
      await engine.close();
      await nodeStore.close();
      await machineStore.close();
      await l1.stop();
    },
  };
}
