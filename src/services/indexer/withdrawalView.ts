import type { Engine } from "../../engine/types.js";
import type { KeyValueStore } from "../../storage/types.js";
import { type Address, fromHex, type Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { decodeStored } from "../storedValue.js";
import { indexKey, TABLES } from "./indexKeys.js";
import { readPage } from "./readPage.js";
import type { IndexedWithdrawal, Page, PageRequest } from "./types.js";
import type { WithdrawalRow } from "./withdrawalLogs.js";

/** What the view reads. */
export interface WithdrawalViewDeps {
  engine: Pick<Engine, "getHeader">;
  store: KeyValueStore;
}

/** Withdrawals of one L2 transaction that are listed at once. */
const MAX_PER_TX = 100;
/** Rows that are kept decoded. */
const KEPT = 4_096;

/** Answers about withdrawals on L2. */
export class WithdrawalView {
  readonly #deps: WithdrawalViewDeps;
  /** By position. A row says no more than its block, so it is right as long as the block is there. */
  readonly #kept = new Lru<bigint, IndexedWithdrawal>(KEPT);

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

  list(
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
