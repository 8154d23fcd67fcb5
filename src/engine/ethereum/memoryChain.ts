import { MemoryStore } from "../../storage/memoryStore.js";
import { FoveaError } from "../../util/errors.js";
import type { Hash } from "../../util/hex.js";
import { decodeBlock } from "../blockCodec.js";
import { executeStrictly } from "../chain/payloads.js";
import type { ExecutedBlock } from "../execution/blockExecution.js";
import type { ExecutionStores } from "../rules.js";
import { StateStore } from "../state/stateStore.js";
import type { Block, BlockHeader } from "../types.js";
import { EthereumRules } from "./ethereumRules.js";
import { ethereumGenesisBlock, type GethGenesis } from "./gethGenesis.js";
import { TotalDifficulty } from "./totalDifficulty.js";

/** What became of a block: its header, or why it is not valid. */
export type Insertion = { header: BlockHeader } | { invalid: string };

/** A chain of plain Ethereum in memory, blocks of all branches included: for test fixtures. */
export class MemoryChain {
  readonly rules: EthereumRules;
  readonly genesis: ExecutedBlock;
  readonly stores: ExecutionStores;
  readonly #database = new MemoryStore();
  readonly #blocks = new Map<Hash, { header: BlockHeader; ommers: readonly Uint8Array[] }>();
  readonly #totals = new TotalDifficulty();
  #head: BlockHeader;

  private constructor(genesis: GethGenesis) {
    this.rules = new EthereumRules(genesis.config);
    this.genesis = ethereumGenesisBlock(genesis);
    this.#head = this.genesis.header;
    this.stores = {
      states: new StateStore(this.#database),
      ancestors: {
        getHeader: (hash) => this.#blocks.get(hash)?.header,
        getOmmers: (hash) => this.#blocks.get(hash)?.ommers ?? [],
      },
    };
  }

  static async create(genesis: GethGenesis): Promise<MemoryChain> {
    const chain = new MemoryChain(genesis);
    await chain.#keep(chain.genesis);
    return chain;
  }

  get head(): BlockHeader {
    return this.#head;
  }

  async #keep(block: ExecutedBlock): Promise<void> {
    await this.#database.batch(block.stateOperations);
    const { header, ommers = [] } = block;
    this.#blocks.set(header.hash, { header, ommers });
  }

  /** Executes a block given as RLP on whatever parent it names. */
  async insert(rlp: Uint8Array): Promise<Insertion> {
    try {
      return await this.insertBlock(decodeBlock(rlp));
    } catch (error) {
      if (error instanceof FoveaError && error.severity === "invalid") {
        return { invalid: String(error.data.sentence ?? error.data.reason ?? error.message) };
      }
      throw error;
    }
  }

  async insertBlock(block: Block): Promise<Insertion> {
    const { header, transactions } = block;
    const known = this.#blocks.get(header.hash);
    if (known) return { header: known.header };
    const parent = this.#blocks.get(header.parentHash)?.header;
    if (!parent) return { invalid: "parent not known" };
    const input = this.rules.checkBlock(block, parent, this.stores.ancestors);
    if ("invalid" in input) return input;
    const executed = await executeStrictly(this.rules, this.stores, parent, transactions, input);
    if ("invalid" in executed) return executed;
    const differing = differences(header, executed.header);
    if (differing.length > 0) return { invalid: `${differing.join(", ")} of another execution` };
    await this.add(executed);
    return { header: executed.header };
  }

  /** Takes over a block that has been executed on one of this chain. */
  async add(block: ExecutedBlock): Promise<void> {
    await this.#keep(block);
    this.#choose(block.header);
  }

  /** Proof of stake: the newest block; proof of work: the heaviest chain. */
  #choose(header: BlockHeader): void {
    const { ancestors } = this.stores;
    const isHeavier =
      (this.#totals.of(header, ancestors) ?? 0n) > (this.#totals.of(this.#head, ancestors) ?? 0n);
    if (!header.difficulty || isHeavier) this.#head = header;
  }
}

function differences(claimed: BlockHeader, found: BlockHeader): string[] {
  const names = [
    "stateRoot",
    "receiptsRoot",
    "gasUsed",
    "blobGasUsed",
    "requestsHash",
    "hash",
  ] as const;
  return names.filter((name) => claimed[name] !== found[name]);
}
