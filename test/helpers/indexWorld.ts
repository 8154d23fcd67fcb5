import { encodeFunctionData } from "viem";
import { L2ToL1MessagePasser } from "../../src/contracts/generated/L2ToL1MessagePasser.js";
import type { Engine } from "../../src/engine/types.js";
import { PREDEPLOYS } from "../../src/protocol/index.js";
import { createGateway } from "../../src/rpc/gateway.js";
import { defaultIndexerConfig, Indexer } from "../../src/services/indexer/indexer.js";
import type { PortalLog, PortalLogReader } from "../../src/services/indexer/portalLogs.js";
import { defaultProposerConfig } from "../../src/services/proposer/config.js";
import { Proposer } from "../../src/services/proposer/proposer.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import type { KeyValueStore } from "../../src/storage/types.js";
import { type Address, type Hash, ZERO_ADDRESS } from "../../src/util/hex.js";
import { signTx } from "./engineChain.js";
import type { FakeL1 } from "./fakeL1.js";
import { FakeOracle } from "./fakeOracle.js";
import { RollupWorld, type Server } from "./rollupWorld.js";

/** The portal's logs of a FakeL1: a log belongs to a block and goes with it. */
export class FakePortal implements PortalLogReader {
  readonly #l1: FakeL1;
  readonly #logs: PortalLog[] = [];
  /** Blocks that one answer covers. */
  window = 1_000n;

  constructor(l1: FakeL1) {
    this.#l1 = l1;
  }

  /** In the newest block. */
  emit(withdrawalHash: Hash, what: PortalLog["what"]): void {
    const { number: blockNumber, hash: blockHash } = this.#l1.head;
    const logIndex = this.#logs.length;
    const txHash: Hash = `0x${logIndex.toString(16).padStart(64, "a")}`;
    this.#logs.push({ withdrawalHash, what, blockNumber, blockHash, txHash, logIndex });
  }

  async find(from: bigint, last: bigint) {
    const to = from + this.window - 1n < last ? from + this.window - 1n : last;
    const canonical = new Set(this.#l1.blocks.map(({ hash }) => hash));
    const logs = this.#logs.filter(
      ({ blockNumber, blockHash }) =>
        blockNumber >= from && blockNumber <= to && canonical.has(blockHash),
    );
    return { to, logs };
  }
}

/** A rollup world whose main server is indexed. */
export class IndexWorld {
  readonly world: RollupWorld;
  readonly oracle: FakeOracle;
  readonly portal: FakePortal;
  readonly store: KeyValueStore;
  readonly indexer: Indexer;
  #nonce = 0;

  static async create(): Promise<IndexWorld> {
    return new IndexWorld(await RollupWorld.create());
  }

  private constructor(world: RollupWorld) {
    this.world = world;
    this.oracle = new FakeOracle(world.config.chain, world.l1);
    this.portal = new FakePortal(world.l1);
    this.store = new MemoryStore();
    this.indexer = this.addIndexer(this.store);
  }

  get view() {
    return this.indexer.view;
  }

  /** An indexer of the main server, or of another one, on a store of its own. */
  addIndexer(
    store: KeyValueStore = new MemoryStore(),
    server: Server<Engine> = this.world.main,
  ): Indexer {
    const { l1, clock, logger } = this.world;
    const { node, engine } = server;
    const { portal, oracle } = this;
    return new Indexer(
      { ...defaultIndexerConfig, blocksPerStep: 3, recordsPerStep: 2 },
      { node, engine, l1, portal, oracle, store, clock, logger },
    );
  }

  /** Steps an indexer until it has nothing to do. */
  async settle(indexer: Indexer = this.indexer): Promise<void> {
    await this.world.settle();
    for (let i = 0; i < 1_000; i += 1) {
      if ((await indexer.step()).status !== "progress") return;
    }
    throw new Error("the indexer does not come to rest");
  }

  /** Ticks with a batch every second one, and the given roles stepping; then the index settles. */
  async run(ticks: number, roles: { step(): Promise<unknown> }[]): Promise<void> {
    const { world } = this;
    for (let i = 0; i < ticks; i += 1) {
      await world.tick();
      if (i % 2 === 1) await world.batch();
      for (const role of roles) {
        for (let again = 0; again < 3; again += 1) {
          await role.step();
          world.l1.mine();
          await world.settle();
        }
      }
    }
    await this.settle();
  }

  /** A proposer that claims everything as soon as it may. */
  addProposer(): Proposer {
    const { l1, clock, logger, main, config } = this.world;
    return new Proposer(
      { ...defaultProposerConfig, finalizedOnly: false },
      {
        node: main.node,
        reader: this.oracle,
        l1,
        clock,
        logger,
        sender: l1.sender(config.chain.proposer),
      },
    );
  }

  /** Puts a message to L1 into the pool; answers the hash of its transaction. */
  async withdraw(target: Address, value: bigint): Promise<Hash> {
    const data = encodeFunctionData({
      abi: L2ToL1MessagePasser.abi,
      functionName: "initiateWithdrawal",
      args: [target, 100_000n, "0x1234"],
    });
    const to = PREDEPLOYS.l2ToL1MessagePasser;
    const raw = await signTx({ nonce: this.#nonce++, to, value, data, gas: 200_000n });
    return this.world.main.engine.pool.add(raw);
  }
}

/** Everything that the lists of an index say, as text. */
export async function dump(indexer: Indexer): Promise<string> {
  const { view } = indexer;
  const page = { limit: 100, order: "asc" } as const;
  const withdrawals = (await view.listWithdrawals({}, page)).items;
  const lists = {
    withdrawals,
    events: await Promise.all(withdrawals.map((w) => view.getWithdrawalL1(w.withdrawalHash))),
    deposits: (await view.listDeposits({}, page)).items,
    batches: (await view.listBatches(page)).items,
    proposals: (await view.listProposals({}, page)).items,
  };
  return JSON.stringify(lists, (_, value) => (typeof value === "bigint" ? `${value}` : value), 1);
}

/** A public port on an indexed world. */
export async function openIndexGateway({ world, view }: IndexWorld) {
  const { clock, logger, main } = world;
  const gateway = createGateway({
    engine: main.engine,
    node: main.node,
    contracts: () => ({ l1ChainId: 900, l2ChainId: 901, portal: ZERO_ADDRESS }),
    readiness: () => [],
    rest: { chain: main.node, index: view },
    config: { port: 0, host: "127.0.0.1" },
    logger,
    clock,
  });
  const { port } = await gateway.listen();
  return { gateway, url: `http://127.0.0.1:${port}` };
}
