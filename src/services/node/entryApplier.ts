import {
  type DerivedEntry,
  deriveEntry,
  type EntryBlock,
  genesisCursor,
} from "../../derive/index.js";
import type { FeedEntry, FeedRecord, L1Reader } from "../../l1/types.js";
import type { RollupConfig } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Hash } from "../../util/hex.js";
import type { ChainTip } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import { depositAliases } from "./depositAliases.js";
import type { EngineDriver } from "./engineDriver.js";
import type { NodeStore } from "./nodeStore.js";

/** An entry of which some blocks are in the engine. */
interface InWork {
  entry: FeedEntry;
  derived: DerivedEntry;
  /** Block that the first one stands on. */
  parentHash: Hash;
  done: number;
  /** Last block applied. */
  tip: ChainTip;
}

/** Feed entries of the store → blocks of the engine and marks of the store, some blocks at a time. */
export class EntryApplier {
  readonly #config: RollupConfig;
  readonly #genesisHash: Hash;
  readonly #store: NodeStore;
  readonly #l1: L1Reader;
  readonly #driver: EngineDriver;
  readonly #logger: Logger;
  #inWork: InWork | undefined;

  constructor(
    config: RollupConfig,
    deps: {
      genesisHash: Hash;
      store: NodeStore;
      l1: L1Reader;
      driver: EngineDriver;
      logger: Logger;
    },
  ) {
    this.#config = config;
    this.#genesisHash = deps.genesisHash;
    this.#store = deps.store;
    this.#l1 = deps.l1;
    this.#driver = deps.driver;
    this.#logger = deps.logger;
  }

  /** Last block of the entries derived so far. */
  tip(): ChainTip {
    const { derivedCount } = this.#store;
    if (derivedCount === 0n) {
      return { number: 0n, hash: this.#genesisHash, cursor: genesisCursor(this.#config) };
    }
    const mark = this.#store.getDerived(derivedCount - 1n);
    if (!mark) throw new ServiceError("NODE_STORE_INCONSISTENT", { derivedCount });
    return { ...mark.lastBlock, cursor: mark.cursor };
  }

  /** Gives at most `maxBlocks` blocks to the engine. False: there was nothing to do. */
  async step(maxBlocks: number): Promise<boolean> {
    const work = await this.#nextWork();
    if (!work) return false;
    const end = Math.min(work.done + maxBlocks, work.derived.blocks.length);
    for (; work.done < end; work.done += 1) await this.#applyBlock(work);
    if (work.done < work.derived.blocks.length) return true;
    const { index } = work.entry.header;
    await this.#store.putDerived(index, {
      cursor: work.derived.cursor,
      lastBlock: { number: work.tip.number, hash: work.tip.hash },
    });
    this.#inWork = undefined;
    this.#logger.debug(
      { entry: index, blocks: work.derived.blocks.length, l2: work.tip.number },
      "entry derived",
    );
    return true;
  }

  async #nextWork(): Promise<InWork | undefined> {
    const entry = this.#store.getEntry(this.#store.derivedCount);
    if (!entry || this.#store.recordCount < entry.header.depTo) {
      this.#inWork = undefined;
      return undefined;
    }
    const current = this.#inWork;
    const tip = this.tip();
    const isSame = current?.entry.hash === entry.hash && current.parentHash === tip.hash;
    if (current && isSame) return current;
    const { firstOrigin, lastOrigin, originsHash } = entry.header;
    const origins =
      firstOrigin > lastOrigin
        ? []
        : await this.#l1.getOrigins(firstOrigin, lastOrigin, originsHash);
    const records = this.#recordsBetween(tip.cursor.recordIndex, entry.header.depTo);
    const derived = deriveEntry(this.#config.chain, tip.cursor, { ...entry, origins, records });
    this.#inWork = { entry, derived, parentHash: tip.hash, done: 0, tip };
    return this.#inWork;
  }

  async #applyBlock(work: InWork): Promise<void> {
    const block = work.derived.blocks[work.done] as EntryBlock;
    const applied = await this.#driver.applyDerived(work.tip.hash, block.attributes);
    const { cursorAfter: cursor } = block;
    const consumed = this.#recordsBetween(work.tip.cursor.recordIndex, cursor.recordIndex);
    const aliases = depositAliases(consumed, block.attributes.transactions);
    await this.#store.putBlock(applied.hash, cursor, aliases);
    work.tip = { number: cursor.l2Number, hash: applied.hash, cursor };
  }

  #recordsBetween(from: bigint, end: bigint): FeedRecord[] {
    const records: FeedRecord[] = [];
    for (let index = from; index < end; index += 1n) {
      const record = this.#store.getRecord(index);
      if (!record) throw new ServiceError("NODE_STORE_INCONSISTENT", { record: index });
      records.push(record);
    }
    return records;
  }
}
