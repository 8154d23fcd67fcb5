import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { encodeFunctionData } from "viem";
import { OptimismPortal } from "../../src/contracts/generated/OptimismPortal.js";
import { L1_ERRORS_ABI } from "../../src/contracts/l1ErrorsAbi.js";
import { computeGenesis, openEngine } from "../../src/engine/index.js";
import { devAccounts } from "../../src/l1/dev/accounts.js";
import { type DevL1, startDevL1 } from "../../src/l1/dev/devL1.js";
import { VerifyingL1Reader } from "../../src/l1/reader.js";
import { KeyL1Sender } from "../../src/l1/sender.js";
import type { L1Sender } from "../../src/l1/types.js";
import type { ChainConfig } from "../../src/protocol/index.js";
import { Batcher } from "../../src/services/batcher/batcher.js";
import { defaultBatcherConfig } from "../../src/services/batcher/config.js";
import { defaultForcerConfig, Forcer } from "../../src/services/forcer/forcer.js";
import { defaultMachineConfig, MachineTracker } from "../../src/services/machine/machineTracker.js";
import { RootStore } from "../../src/services/machine/rootStore.js";
import { defaultNodeConfig } from "../../src/services/node/config.js";
import { RollupNode } from "../../src/services/node/rollupNode.js";
import { RpcOracleReader } from "../../src/services/proposals/oracleReader.js";
import { defaultProposerConfig } from "../../src/services/proposer/config.js";
import { Proposer } from "../../src/services/proposer/proposer.js";
import { defaultSequencerConfig } from "../../src/services/sequencer/config.js";
import { Sequencer } from "../../src/services/sequencer/sequencer.js";
import type { Role } from "../../src/services/types.js";
import { defaultVerifierConfig, Verifier } from "../../src/services/verifier/verifier.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { systemClock as clock } from "../../src/util/clock.js";
import { type Address, fromHex } from "../../src/util/hex.js";
import { devChainConfig } from "../helpers/devL1.js";
import { freePort } from "../helpers/freePort.js";

const logger = silentLogger();
const chain: ChainConfig = {
  ...devChainConfig(),
  blockTimeSeconds: 1,
  periodSeconds: 4,
  challengePeriodSeconds: 4,
  disputeGameFinalityDelaySeconds: 1,
  forceDelaySeconds: 8,
};

let dir: string;
let l1: DevL1;
const roles: Role[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "fovea-live-"));
  l1 = await startDevL1(
    { dataDir: dir, port: await freePort(), chain, blockTimeSeconds: 1, fresh: true },
    {
      logger,
      computeGenesisOutputRoot: async (rollup) => (await computeGenesis(rollup)).outputRoot,
    },
  );
});

afterAll(async () => {
  for (const role of roles.reverse()) await role.stop();
  await l1.embedded.stop();
  rmSync(dir, { recursive: true, force: true });
});

function sender(address: Address): L1Sender {
  const key = devAccounts().get(address);
  if (!key) throw new Error("no such key");
  const config = {
    key,
    chainId: chain.l1ChainId,
    pollMs: 100,
    resubmitMs: 2_000,
    errorsAbi: L1_ERRORS_ABI,
  };
  return new KeyL1Sender(config, { rpc: l1.embedded.rpc, clock, logger });
}

async function addServer() {
  const { rollup } = l1;
  const reader = new VerifyingL1Reader(rollup, { rpc: l1.embedded.rpc, logger });
  const engine = await openEngine({ store: new MemoryStore(), rollup, clock });
  const machineRoots = new RootStore(new MemoryStore());
  const node = new RollupNode(
    rollup,
    { ...defaultNodeConfig, loop: { ...defaultNodeConfig.loop, idleMs: 100 } },
    { l1: reader, engine, store: new MemoryStore(), machine: machineRoots, clock, logger },
  );
  roles.push(node);
  await node.start();
  await startRole(
    new MachineTracker(defaultMachineConfig, {
      node,
      engine,
      l1: reader,
      roots: machineRoots,
      clock,
      logger,
    }),
  );
  return { node, engine, reader };
}

async function startRole<R extends Role>(role: R): Promise<R> {
  roles.push(role);
  await role.start();
  return role;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (await holds()) return;
    await clock.sleep(100);
  }
  throw new Error(`never: ${what}`);
}

async function deposit(from: Address) {
  const mint = 1_000n;
  const data = encodeFunctionData({
    abi: OptimismPortal.abi,
    functionName: "depositTransaction",
    args: [from, mint, 100_000n, false, "0x"],
  });
  const to = l1.rollup.addresses.portal;
  return sender(from).send({ to, data: fromHex(data), valueWei: mint, label: "deposit" });
}

test("on a real L1: sequence, post, propose, confirm, follow reorgs, and force a deposit when all are gone", async () => {
  const { node, engine, reader } = await addServer();
  const oracle = new RpcOracleReader(l1.rollup.addresses.blockOracle, { rpc: l1.embedded.rpc });
  const shared = { clock, logger, l1: reader };
  const sequencer = await startRole(
    new Sequencer({ ...defaultSequencerConfig, blockTimeSeconds: 1 }, { ...shared, chain: node }),
  );
  const batcher = await startRole(
    new Batcher(
      { ...defaultBatcherConfig, intervalMs: 2_000 },
      { ...shared, chain: node, engine, sender: sender(chain.batcher) },
    ),
  );
  const proposer = await startRole(
    new Proposer(defaultProposerConfig, {
      ...shared,
      node,
      reader: oracle,
      sender: sender(chain.proposer),
    }),
  );
  await startRole(new Verifier(defaultVerifierConfig, { ...shared, node, reader: oracle }));

  const [user] = devAccounts().keys();
  await deposit(user as Address);
  const safeTip = () => node.safeTip();
  await until("a safe deposit", async () => (await safeTip()).cursor.recordIndex === 1n);
  await until("a confirmed proposal", async () => {
    const { undisputedL2 } = await node.syncStatus();
    return (undisputedL2?.number ?? 0n) > 0n;
  });
  expect(node.getVerdict(0n)).toMatchObject({ verdict: "agree" });

  // Transactions are lost, and with them nonces that later ones count on.
  for (const depth of [3, 1, 2]) {
    await l1.embedded.rpc.call("anvil_reorg", [depth, []]);
    const { number } = await safeTip();
    await until(
      `safe head after a reorg of ${depth}`,
      async () => (await safeTip()).number > number + 4n,
    );
  }

  for (const role of [proposer, batcher, sequencer]) await role.stop();
  const verifier = await addServer();
  const account = [...devAccounts().keys()][1] as Address;
  await startRole(
    new Forcer(defaultForcerConfig, { ...shared, chain: verifier.node, sender: sender(account) }),
  );
  await deposit(user as Address);
  await until("the forced deposit", async () => {
    const { cursor } = await verifier.node.safeTip();
    return cursor.recordIndex === 2n;
  });
  const end = await verifier.node.safeTip();
  await until("the same on the first server", async () => (await safeTip()).hash === end.hash);
  expect(node.readinessProblems()).toEqual([]);
}, 300_000);
