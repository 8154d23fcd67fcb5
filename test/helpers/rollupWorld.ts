import { readFileSync } from "node:fs";
import { privateKeyToAccount } from "viem/accounts";
import { openEngine } from "../../src/engine/index.js";
import type { Engine } from "../../src/engine/types.js";
import { isDepositTx, parseChainConfig, type RollupConfig } from "../../src/protocol/index.js";
import { Batcher } from "../../src/services/batcher/batcher.js";
import { defaultBatcherConfig } from "../../src/services/batcher/config.js";
import { defaultForcerConfig, Forcer } from "../../src/services/forcer/forcer.js";
import { defaultNodeConfig } from "../../src/services/node/config.js";
import { RollupNode } from "../../src/services/node/rollupNode.js";
import { defaultSequencerConfig } from "../../src/services/sequencer/config.js";
import { Sequencer, type WaitingRoom } from "../../src/services/sequencer/sequencer.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import type { KeyValueStore } from "../../src/storage/types.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { fromHex, type Hash } from "../../src/util/hex.js";
import { FakeClock } from "./fakeClock.js";
import { createFakeEngine } from "./fakeEngine.js";
import { FakeL1 } from "./fakeL1.js";

const START_TIME = 1_800_000_000n;

/** One server of the world: a node with its engine and stores. */
export interface Server<E extends Engine> {
  node: RollupNode;
  engine: E;
  store: KeyValueStore;
}

/** Makes engines: the embedded one, or the fake one for tests that need its knobs or its speed. */
type EngineFactory<E extends Engine> = (config: RollupConfig, clock: FakeClock) => Promise<E>;

type FakeEngine = ReturnType<typeof createFakeEngine>;

const embedded: EngineFactory<Engine> = (rollup, clock) =>
  openEngine({ store: new MemoryStore(), rollup, clock });

const fake: EngineFactory<FakeEngine> = async (rollup) => createFakeEngine(rollup);

/** An L1, a sequencing server and as many followers as a test wants, moved by the test and by nothing else. */
export class RollupWorld<E extends Engine = Engine> {
  readonly clock: FakeClock;
  readonly logger = silentLogger();
  readonly l1: FakeL1;
  readonly config: RollupConfig;
  readonly main: Server<E>;
  readonly sequencer: Sequencer;
  readonly batcher: Batcher;

  readonly #createEngine: EngineFactory<E>;

  /** With the embedded engine. */
  static async create(): Promise<RollupWorld> {
    return RollupWorld.#of(embedded);
  }

  /** With the fake engine. */
  static async createFake(): Promise<RollupWorld<FakeEngine>> {
    return RollupWorld.#of(fake);
  }

  static async #of<E extends Engine>(createEngine: EngineFactory<E>): Promise<RollupWorld<E>> {
    const chain = parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
    const clock = new FakeClock(Number(START_TIME) * 1000);
    const l1 = new FakeL1({ batcher: chain.batcher, startTime: START_TIME });
    const config = rollupConfig(chain, l1);
    return new RollupWorld(config, l1, clock, createEngine, await createEngine(config, clock));
  }

  private constructor(
    config: RollupConfig,
    l1: FakeL1,
    clock: FakeClock,
    createEngine: EngineFactory<E>,
    engine: E,
  ) {
    this.config = config;
    this.l1 = l1;
    this.clock = clock;
    this.#createEngine = createEngine;
    this.main = this.#server(engine, new MemoryStore());
    this.sequencer = this.addSequencer(this.main);
    this.batcher = new Batcher(defaultBatcherConfig, {
      chain: this.main.node,
      engine,
      l1,
      sender: l1.sender(config.chain.batcher),
      clock,
      logger: this.logger,
    });
  }

  /** Another server; give stores and engine of an old one to restart it. */
  async addNode(old: { engine?: E; store?: KeyValueStore } = {}): Promise<Server<E>> {
    const engine = old.engine ?? (await this.#createEngine(this.config, this.clock));
    return this.#server(engine, old.store ?? new MemoryStore());
  }

  #server(engine: E, store: KeyValueStore): Server<E> {
    const { l1, clock, logger } = this;
    const node = new RollupNode(this.config, defaultNodeConfig, {
      l1,
      engine,
      store,
      clock,
      logger,
    });
    return { node, engine, store };
  }

  /** Without a pool it keeps to the pace. */
  addSequencer(server: Server<E>, pool?: WaitingRoom): Sequencer {
    const { l1, clock, logger } = this;
    const deps = { chain: server.node, l1, clock, logger, ...(pool ? { pool } : {}) };
    return new Sequencer(defaultSequencerConfig, deps);
  }

  addForcer(server: Server<E>): Forcer {
    const sender = this.l1.sender("0x00000000000000000000000000000000000000ff");
    const { clock, logger } = this;
    return new Forcer(defaultForcerConfig, { chain: server.node, sender, clock, logger });
  }

  /** Steps a node until it has nothing to do. */
  async settle(server: Server<E> = this.main): Promise<void> {
    for (let i = 0; i < 1_000; i += 1) {
      if ((await server.node.step()).status !== "progress") return;
    }
    throw new Error("the node does not come to rest");
  }

  /** One L1 block and one L2 block, two seconds later. */
  async tick(): Promise<void> {
    this.clock.advance(2_000);
    this.l1.mine();
    await this.settle();
    await this.sequencer.step();
  }

  async ticks(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.tick();
  }

  /** Posts what is pending, with an L1 block that makes the newest origin old enough. */
  async batch(): Promise<void> {
    this.clock.advance(4_000);
    this.l1.mine();
    await this.settle();
    await this.batcher.step();
    await this.settle();
  }

  async safe(server: Server<E> = this.main): Promise<{ number: bigint; hash: Hash }> {
    const { number, hash } = await server.node.safeTip();
    return { number, hash };
  }

  async unsafe(server: Server<E> = this.main) {
    const header = await server.engine.getHeader("latest");
    if (!header) throw new Error("no head");
    return header;
  }

  /** A server that knows nothing but L1 must come to the same safe head; answers it. */
  async assertSameEverywhere(...others: Server<E>[]): Promise<{ number: bigint; hash: Hash }> {
    await this.settle();
    const expected = await this.safe();
    for (const server of [...others, await this.addNode()]) {
      await this.settle(server);
      const found = await this.safe(server);
      if (found.hash !== expected.hash) {
        throw new Error(`safe heads differ: ${expected.number} and ${found.number}`);
      }
      const label = await server.engine.getHeader("safe");
      if (label?.hash !== expected.hash) throw new Error("the engine's safe label differs");
    }
    return expected;
  }

  /** Hashes of the transactions on the canonical chain, deposits left out. */
  async includedTxs(server: Server<E> = this.main): Promise<Hash[]> {
    const head = await this.unsafe(server);
    const found: Hash[] = [];
    for (let number = 1n; number <= head.number; number += 1n) {
      const block = await server.engine.getBlock(number);
      for (const [i, raw] of (block?.transactions ?? []).entries()) {
        if (!isDepositTx(raw)) found.push(block?.transactionHashes[i] as Hash);
      }
    }
    return found;
  }

  poolSize(): number {
    const { pending, queued } = this.main.engine.pool.status();
    return pending + queued;
  }

  /** A signed transfer; in the main engine's pool. */
  async sendTx(nonce: number): Promise<Hash> {
    const raw = await account.signTransaction({
      chainId: this.config.chain.l2ChainId,
      type: "eip1559",
      to: "0x00000000000000000000000000000000000000bb",
      value: 1n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
      nonce,
    });
    return this.main.engine.pool.add(fromHex(raw));
  }
}

const account = privateKeyToAccount(
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
);

function rollupConfig(chain: RollupConfig["chain"], l1: FakeL1): RollupConfig {
  const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}` as const;
  const { number, hash, time, baseFee, prevRandao, parentBeaconBlockRoot } = l1.head;
  return {
    chain,
    addresses: {
      depositFeed: address(1),
      sequencerFeed: address(2),
      systemConfig: address(3),
      portal: address(4),
      blockOracle: address(5),
      l1CrossDomainMessenger: address(6),
      l1StandardBridge: address(7),
      multicall3: address(8),
    },
    genesisOrigin: { number, hash, time, baseFee, prevRandao, parentBeaconBlockRoot },
  };
}
