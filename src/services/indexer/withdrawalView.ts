import type { Engine } from "../../engine/types.js";
import type { KeyValueStore } from "../../storage/types.js";
import { type Address, fromHex, type Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { decodeStored } from "../storedValue.js";
import { indexKey, TABLES } from "./indexKeys.js";
import type { L2Stream } from "./l2Stream.js";
import { readPage } from "./readPage.js";
import type { IndexedWithdrawal, Page, PageRequest } from "./types.js";
import type { WithdrawalRow } from "./withdrawalLogs.js";

/** What the view reads. */
export interface WithdrawalViewDeps {
  engine: Pick<Engine, "getHeader">;
  store: KeyValueStore;
  l2: Pick<L2Stream, "isCanonical" | "messageVersion">;
}

/** Withdrawals of one L2 transaction that are listed at once. */
const MAX_PER_TX = 100;
/** What decoded rows that are kept may weigh, and those of pages that are kept. */
const KEPT_BYTES = 8_000_000;
/** Of a row without its data, about. */
const ROW_BYTES = 1_000;

/** Answers about withdrawals on L2. */
export class WithdrawalView {
  readonly #deps: WithdrawalViewDeps;
  /** By position. A row says no more than its block, so it is right as long as the block is there. */
  readonly #kept = new Lru<bigint, IndexedWithdrawal>(KEPT_BYTES, weightOf);
  readonly #pages = new Lru<string, Page<IndexedWithdrawal>>(KEPT_BYTES, ({ items }) =>
    items.reduce((sum, row) => sum + weightOf(row), ROW_BYTES),
  );
  /** State of the index that pages are of. */
  #pagesAt: number | undefined;

  constructor(deps: WithdrawalViewDeps) {
    this.#deps = deps;
  }

  async get(hash: Hash): Promise<IndexedWithdrawal | undefined> {
    const value = this.#deps.store.get(indexKey(TABLES.withdrawalByHash, hash));
    return value && this.#load(decodeStored<{ position: bigint }>(value).meta.position);
  }

  async ofTx(l2TxHash: Hash): Promise<IndexedWithdrawal[]> {
    const page = await readPage(
      this.#deps.store,
      {
        table: TABLES.withdrawalsByTx,
        term: l2TxHash,
        load: (position) => this.#load(position),
      },
      { limit: MAX_PER_TX, order: "asc" },
    );
    return page.items;
  }

  /** A page stays as it is as long as no withdrawal comes or goes. */
  async list(
    filter: { sender?: Address; target?: Address },
    page: PageRequest,
  ): Promise<Page<IndexedWithdrawal>> {
    const { l2 } = this.#deps;
    const { messageVersion } = l2;
    // What the index has in a chain that is no more is left out row by row.
    if (!(await l2.isCanonical())) return this.#read(filter, page);
    if (this.#pagesAt !== messageVersion) this.#pages.clear();
    this.#pagesAt = messageVersion;
    const { after, limit, order } = page;
    const { sender, target } = filter;
    const key = [sender, target, order, limit, after?.position, after?.anchor].join();
    const kept = this.#pages.get(key);
    if (kept) return kept;
    const found = await this.#read(filter, page);
    const isSame = (await l2.isCanonical()) && l2.messageVersion === messageVersion;
    if (isSame && this.#pagesAt === messageVersion) this.#pages.set(key, found);
    return found;
  }

  #read(
    { sender, target }: { sender?: Address; target?: Address },
    page: PageRequest,
  ): Promise<Page<IndexedWithdrawal>> {
    const list = {
      ...(sender !== undefined
        ? { table: TABLES.withdrawalsBySender, term: sender }
        : target !== undefined
          ? { table: TABLES.withdrawalsByTarget, term: target }
          : { table: TABLES.withdrawals }),
      load: (position: bigint) => this.#load(position),
      matches: (row: IndexedWithdrawal) => target === undefined || row.target === target,
    };
    return readPage(this.#deps.store, list, page);
  }

  async #load(position: bigint): Promise<IndexedWithdrawal | undefined> {
    const kept = this.#kept.get(position);
    if (kept && (await this.#hasBlock(kept))) return kept;
    const value = this.#deps.store.get(indexKey(TABLES.withdrawals, position));
    if (!value) return undefined;
    const row = decodeStored<WithdrawalRow>(value).meta;
    const mark = { position, anchor: row.l2.blockHash };
    const found = { ...row, data: fromHex(row.data), mark };
    // The block may have been taken back a moment ago.
    if (!(await this.#hasBlock(found))) return undefined;
    this.#kept.set(position, found);
    return found;
  }

  async #hasBlock({ l2 }: IndexedWithdrawal): Promise<boolean> {
    return (await this.#deps.engine.getHeader(l2.blockNumber))?.hash === l2.blockHash;
  }
}

function weightOf({ data }: IndexedWithdrawal): number {
  return ROW_BYTES + data.length;
}
