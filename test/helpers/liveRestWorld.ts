import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFunctionData } from "viem";
import { L2CrossDomainMessenger } from "../../src/contracts/generated/L2CrossDomainMessenger.js";
import { PREDEPLOYS } from "../../src/contracts/predeploys.js";
import { computeGenesis, openEngine } from "../../src/engine/index.js";
import type { BlockId, Engine } from "../../src/engine/types.js";
import { devAccounts } from "../../src/l1/dev/accounts.js";
import { type DevL1, startDevL1 } from "../../src/l1/dev/devL1.js";
import { HttpJsonRpc, type JsonRpc } from "../../src/l1/jsonRpc.js";
import { VerifyingL1Reader } from "../../src/l1/reader.js";
import { KeyL1Sender } from "../../src/l1/sender.js";
import type { L1TxRequest } from "../../src/l1/types.js";
import type { RollupConfig } from "../../src/protocol/types.js";
import { createGateway, type Gateway, type GatewayDeps } from "../../src/rpc/gateway.js";
import { Batcher } from "../../src/services/batcher/batcher.js";
import { defaultBatcherConfig } from "../../src/services/batcher/config.js";
import { defaultIndexerConfig, Indexer } from "../../src/services/indexer/indexer.js";
import { RpcPortalLogReader } from "../../src/services/indexer/portalLogs.js";
import { defaultMachineConfig, MachineTracker } from "../../src/services/machine/machineTracker.js";
import { RootStore } from "../../src/services/machine/rootStore.js";
import { defaultProverConfig, StepProver } from "../../src/services/machine/stepProver.js";
import { defaultNodeConfig } from "../../src/services/node/config.js";
import { RollupNode } from "../../src/services/node/rollupNode.js";
import { encodeInitiate } from "../../src/services/prepare/portalCalls.js";
import { RpcOracleReader } from "../../src/services/proposals/oracleReader.js";
import { defaultProposerConfig } from "../../src/services/proposer/config.js";
import { Proposer } from "../../src/services/proposer/proposer.js";
import { defaultSequencerConfig } from "../../src/services/sequencer/config.js";
import { Sequencer } from "../../src/services/sequencer/sequencer.js";
import type { Role } from "../../src/services/types.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import type { KeyValueStore } from "../../src/storage/types.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { systemClock } from "../../src/util/clock.js";
import { type Address, fromHex, type Hash, type Hex } from "../../src/util/hex.js";
import { devChainConfig } from "./devL1.js";
import { signTx } from "./engineChain.js";
import { FakeClock } from "./fakeClock.js";
import { freePort } from "./freePort.js";

const SECONDS_PER_BLOCK = 2;
const MAX_STEPS = 1_000;
const MAX_TICKS = 200;
const logger = silentLogger();

/** What a port of this world stands on, where that is not the whole world. */
export interface PortParts {
  node?: RollupNode;
  indexer?: Indexer;
  l1?: JsonRpc;
  /** A trie node or code that the server has lost. */
  lost?: Hash;
  /** Neither node nor index nor L1. */
  isBare?: boolean;
}

/**
 * A real L1 with the real contracts, whose time only the test moves, and a server in this process whose roles only the test steps:
 * every state of a chain can be made in moments, and asked for over HTTP.
 */
export class LiveRestWorld {
  readonly l1: DevL1;
  readonly clock: FakeClock;
  readonly reader: VerifyingL1Reader;
  readonly engine: Engine;
  readonly node: RollupNode;
  readonly indexer: Indexer;
  readonly sequencer: Sequencer;
  readonly batcher: Batcher;
  readonly proposer: Proposer;
  readonly indexStore: KeyValueStore = new MemoryStore();
  readonly machineRoots = new RootStore(new MemoryStore());
  readonly machine: MachineTracker;
  readonly #dir: string;
  readonly #senders = new Map<Address, KeyL1Sender>();
  readonly #gateways: Gateway[] = [];
  #ticks = 0;
  #l2Nonce = 0;

  static async open(): Promise<LiveRestWorld> {
    const dir = mkdtempSync(join(tmpdir(), "fovea-rest-"));
    const chain = devChainConfig();
    const computeGenesisOutputRoot = async (rollup: RollupConfig) =>
      (await computeGenesis(rollup)).outputRoot;
    const l1 = await startDevL1(
      { dataDir: dir, port: await freePort(), chain, blockTimeSeconds: 3_600, fresh: true },
      { logger, computeGenesisOutputRoot },
    );
    const { rpc } = l1.embedded;
    await rpc.call("evm_setIntervalMining", [0]);
    await rpc.call("evm_setAutomine", [true]);
    await rpc.call("anvil_setBlockTimestampInterval", [SECONDS_PER_BLOCK]);
    const head = (await rpc.call("eth_getBlockByNumber", ["latest", false])) as { timestamp: Hex };
    const clock = new FakeClock(Number(head.timestamp) * 1_000);
    const engine = await openEngine({ store: new MemoryStore(), rollup: l1.rollup, clock });
    return new LiveRestWorld(dir, l1, clock, engine);
  }

  private constructor(dir: string, l1: DevL1, clock: FakeClock, engine: Engine) {
    this.#dir = dir;
    this.l1 = l1;
    this.clock = clock;
    this.engine = engine;
    const { rollup, embedded } = l1;
    const { rpc } = embedded;
    this.reader = new VerifyingL1Reader(rollup, { rpc, logger });
    this.node = this.addNode();
    const shared = { clock, logger, l1: this.reader };
    const { batcher, proposer, blockTimeSeconds } = rollup.chain;
    this.sequencer = new Sequencer(
      { ...defaultSequencerConfig, blockTimeSeconds },
      { ...shared, chain: this.node },
    );
    this.batcher = new Batcher(defaultBatcherConfig, {
      ...shared,
      chain: this.node,
      engine,
      sender: this.sender(batcher),
    });
    this.proposer = new Proposer(
      { ...defaultProposerConfig, finalizedOnly: false },
      { ...shared, node: this.node, reader: this.oracle(rpc), sender: this.sender(proposer) },
    );
    this.indexer = this.addIndexer({ store: this.indexStore });
    this.machine = new MachineTracker(defaultMachineConfig, {
      ...shared,
      node: this.node,
      engine,
      roots: this.machineRoots,
    });
  }

  get rollup(): RollupConfig {
    return this.l1.rollup;
  }

  get rpc(): JsonRpc {
    return this.l1.embedded.rpc;
  }

  oracle(rpc: JsonRpc = this.rpc): RpcOracleReader {
    return new RpcOracleReader(this.rollup.addresses.blockOracle, { rpc });
  }

  /** A node on the same engine whose own store is empty, as after it was deleted. */
  addNode(config: Partial<typeof defaultNodeConfig> = {}): RollupNode {
    return new RollupNode(
      this.rollup,
      { ...defaultNodeConfig, ...config },
      {
        l1: this.reader,
        engine: this.engine,
        store: new MemoryStore(),
        machine: this.machineRoots,
        clock: this.clock,
        logger,
      },
    );
  }

  addIndexer(
    parts: { node?: RollupNode; store?: KeyValueStore; rpc?: JsonRpc; perStep?: number } = {},
  ): Indexer {
    const { node = this.node, store = new MemoryStore(), rpc = this.rpc, perStep = 256 } = parts;
    return new Indexer(
      { ...defaultIndexerConfig, blocksPerStep: perStep, recordsPerStep: perStep },
      {
        node,
        engine: this.engine,
        l1: new VerifyingL1Reader(this.rollup, { rpc, logger }),
        portal: new RpcPortalLogReader(this.rollup.addresses.portal, { rpc }),
        oracle: this.oracle(rpc),
        store,
        clock: this.clock,
        logger,
      },
    );
  }

  /** Proves steps of this world's blocks. */
  addProver(parts: { node?: RollupNode; rpc?: JsonRpc; lost?: Hash } = {}): StepProver {
    const { node = this.node, rpc = this.rpc, lost } = parts;
    const { engine, rollup } = this;
    const state = {
      getHeader: (id: BlockId) => engine.getHeader(id),
      dbGet: (hash: Hash) => (hash === lost ? undefined : engine.dbGet(hash)),
    };
    const l1 = new VerifyingL1Reader(rollup, { rpc, logger });
    return new StepProver(defaultProverConfig, { node, engine: state, l1 });
  }

  /** Sends as a development account; mined at once, in a block of its own. */
  sender(address: Address): KeyL1Sender {
    const known = this.#senders.get(address);
    if (known) return known;
    const key = devAccounts().get(address);
    if (key === undefined) throw new RangeError(`${address} is no development account`);
    const config = { key, chainId: this.rollup.chain.l1ChainId, pollMs: 5 };
    const sender = new KeyL1Sender(config, { rpc: this.rpc, clock: systemClock, logger });
    this.#senders.set(address, sender);
    return sender;
  }

  async send(from: Address, to: Address, data: Hex | Uint8Array, valueWei = 0n): Promise<void> {
    const bytes = typeof data === "string" ? fromHex(data) : data;
    const request: L1TxRequest = { to, data: bytes, valueWei, label: "test" };
    await this.sender(from).send(request);
    await this.settle();
  }

  /** Puts a withdrawal into the pool of L2; answers the hash of its transaction. */
  withdraw(target: Address, value: bigint): Promise<Hash> {
    const data = encodeInitiate(target, 100_000n, "0x");
    return this.#sendOnL2(PREDEPLOYS.L2ToL1MessagePasser, data, value);
  }

  /** The same with an empty message through the messenger. */
  sendMessage(target: Address): Promise<Hash> {
    const data = encodeFunctionData({
      abi: L2CrossDomainMessenger.abi,
      functionName: "sendMessage",
      args: [target, "0x", 50_000],
    });
    return this.#sendOnL2(PREDEPLOYS.L2CrossDomainMessenger, data, 0n);
  }

  async #sendOnL2(to: Address, data: Hex, value: bigint): Promise<Hash> {
    const raw = await signTx({ nonce: this.#l2Nonce++, to, data, value, gas: 500_000n });
    return this.engine.pool.add(raw);
  }

  /** The clock at L1's time; the node and an index have nothing left to do. */
  async settle(indexer: Indexer = this.indexer): Promise<void> {
    const { time } = (await this.reader.getHeads()).head;
    const behindMs = Number(time) * 1_000 - this.clock.nowMs();
    if (behindMs > 0) this.clock.advance(behindMs);
    await rest(this.node);
    await rest(indexer);
  }

  /** One L1 block, and the L2 blocks that are due. */
  async tick(): Promise<void> {
    await this.rpc.call("evm_mine", []);
    await this.settle();
    await rest(this.sequencer);
    await this.settle();
  }

  /** Runs until something holds; for states that take some periods. */
  async runUntil(what: string, holds: () => Promise<boolean>, roles: Role[] = []): Promise<void> {
    for (let i = 0; i < MAX_TICKS; i += 1) {
      if (await holds()) return;
      await this.run(1, roles);
    }
    throw new Error(`never: ${what}`);
  }

  /** Ticks with a batch every second one, and the given roles stepping. */
  async run(ticks: number, roles: Role[] = []): Promise<void> {
    for (let i = 0; i < ticks; i += 1) {
      await this.tick();
      if (this.#ticks++ % 2 === 1) await this.batcher.step();
      await rest(this.machine);
      for (const role of roles) {
        await this.settle();
        await role.step();
      }
      await this.settle();
    }
  }

  /** A public port on this world, or on parts of it. */
  async port(parts: PortParts = {}, limits: GatewayDeps["config"]["limits"] = {}): Promise<string> {
    const { node = this.node, indexer = this.indexer, l1 = this.rpc, isBare = false } = parts;
    const prover = this.addProver({ node, rpc: l1, ...(parts.lost && { lost: parts.lost }) });
    const gateway = createGateway({
      engine: this.engine,
      ...(isBare ? {} : { node }),
      contracts: () => ({ l1ChainId: 900, l2ChainId: 901, ...this.rollup.addresses }),
      readiness: () => [],
      rest: isBare ? {} : { chain: node, index: indexer.view, l1, prover },
      config: { port: 0, host: "127.0.0.1", limits },
      logger,
      clock: this.clock,
    });
    this.#gateways.push(gateway);
    return `http://127.0.0.1:${(await gateway.listen()).port}`;
  }

  /** An L1 that cannot be reached. */
  static async noL1(): Promise<JsonRpc> {
    return new HttpJsonRpc({ url: `http://127.0.0.1:${await freePort()}`, maxAttempts: 1 });
  }

  async close(): Promise<void> {
    for (const gateway of this.#gateways) await gateway.close();
    await this.engine.close();
    await this.l1.embedded.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

async function rest(role: { step(): Promise<{ status: string }> }): Promise<void> {
  for (let i = 0; i < MAX_STEPS; i += 1) {
    if ((await role.step()).status !== "progress") return;
  }
  throw new Error("a role does not come to rest");
}
