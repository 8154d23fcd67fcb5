import type { Engine } from "../../engine/types.js";
import type { FeedRecord } from "../../l1/types.js";
import { RECORD_KIND_DEPOSIT } from "../../protocol/constants.js";
import type { KeyValueStore } from "../../storage/types.js";
import type { Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { decodeStored } from "../storedValue.js";
import { indexKey, TABLES } from "./indexKeys.js";
import type { InclusionRow, L2Stream } from "./l2Stream.js";
import { type ListOf, readPage } from "./readPage.js";
import { expectedHashes, type RecordStream } from "./recordStream.js";
import type { DepositFilter, DepositStatus, IndexedDeposit, Page, PageRequest } from "./types.js";

/** What the view reads. */
export interface DepositViewDeps {
  engine: Pick<Engine, "getHeader">;
  store: KeyValueStore;
  records: RecordStream;
  l2: L2Stream;
}

/** Numbers of the labelled blocks. */
interface Heads {
  safe: bigint;
  finalized: bigint;
}

/** Deposits of one L1 transaction that are listed at once. */
const MAX_PER_TX = 100;
/** Rows that are kept decoded. */
const KEPT = 4_096;

/** Answers about deposits. */
export class DepositView {
  readonly #forceDelaySeconds: bigint;
  readonly #deps: DepositViewDeps;
  /** By index. A row is right as long as its block is there. */
  readonly #kept = new Lru<bigint, InclusionRow>(KEPT);

  constructor(config: { forceDelaySeconds: number }, deps: DepositViewDeps) {
    this.#forceDelaySeconds = BigInt(config.forceDelaySeconds);
    this.#deps = deps;
  }

  async get(index: bigint): Promise<IndexedDeposit | undefined> {
    return this.#load(index, await this.#heads());
  }

  async getByL2Hash(hash: Hash): Promise<IndexedDeposit | undefined> {
    for (const table of [TABLES.depositByL2Hash, TABLES.depositByExpectedHash]) {
      const value = this.#deps.store.get(indexKey(table, hash));
      const found =
        value && (await this.get(decodeStored<{ position: bigint }>(value).meta.position));
      if (found && (found.l2?.txHash === hash || found.expected.txHash === hash)) return found;
    }
    return undefined;
  }

  async ofL1Tx(hash: Hash): Promise<IndexedDeposit[]> {
    return (await this.list({ l1TxHash: hash }, { limit: MAX_PER_TX, order: "asc" })).items;
  }

  async list(filter: DepositFilter, page: PageRequest): Promise<Page<IndexedDeposit>> {
    if (filter.l2TxHash !== undefined) {
      const found = await this.getByL2Hash(filter.l2TxHash);
      return { items: found && !page.after && matches(found, filter) ? [found] : [], next: null };
    }
    const heads = await this.#heads();
    const list: ListOf<IndexedDeposit> = {
      ...tableOf(filter),
      ...this.#boundsOf(filter.status, heads),
      load: (index) => this.#load(index, heads),
      matches: (deposit) => matches(deposit, filter),
    };
    return readPage(this.#deps.store, list, page);
  }

  /** Records are included in their order, so a status is a range of indexes; failed ones lie between. */
  #boundsOf(status: DepositStatus | undefined, heads: Heads): { from?: bigint; below?: bigint } {
    const { l2 } = this.#deps;
    const after = (number: bigint) => l2.nextRecordAfter(number < l2.indexed ? number : l2.indexed);
    const included = after(l2.indexed) ?? 0n;
    const safe = after(heads.safe) ?? included;
    const finalized = after(heads.finalized) ?? safe;
    if (status === "seen") return { from: included };
    if (status === "included") return { from: safe, below: included };
    if (status === "safe") return { from: finalized, below: safe };
    if (status === "finalized") return { below: finalized };
    return {};
  }

  async #load(index: bigint, heads: Heads): Promise<IndexedDeposit | undefined> {
    const record = this.#deps.records.get(index);
    if (record?.header.kind !== RECORD_KIND_DEPOSIT) return undefined;
    return this.#describe(record, await this.#inclusionOf(index), heads);
  }

  async #inclusionOf(index: bigint): Promise<InclusionRow | undefined> {
    const kept = this.#kept.get(index);
    if (kept && (await this.#hasBlock(kept))) return kept;
    const value = this.#deps.store.get(indexKey(TABLES.inclusions, index));
    if (!value) return undefined;
    const row = decodeStored<InclusionRow>(value).meta;
    // The block may have been taken back a moment ago.
    if (!(await this.#hasBlock(row))) return undefined;
    this.#kept.set(index, row);
    return row;
  }

  async #hasBlock({ blockNumber, blockHash }: InclusionRow): Promise<boolean> {
    return (await this.#deps.engine.getHeader(blockNumber))?.hash === blockHash;
  }

  #describe(record: FeedRecord, inclusion: InclusionRow | undefined, heads: Heads): IndexedDeposit {
    const { header, hash: recordHash, data, l1 } = record;
    const { index, from, mint, value, gasLimit } = header;
    const safety = inclusion && safetyOf(inclusion.blockNumber, heads);
    const status = inclusion && !inclusion.success ? "failedOnL2" : (safety ?? "seen");
    return {
      index,
      recordHash,
      from,
      to: header.isCreation ? null : header.to,
      mint,
      value,
      gasLimit,
      data,
      l1: { ...l1, blockNumber: header.l1Number, timestamp: header.l1Time },
      expected: expectedHashes(record),
      forceableAt: header.l1Time + this.#forceDelaySeconds,
      status,
      l2: inclusion && safety ? { ...inclusion, safety } : null,
      mark: { position: index, anchor: l1.blockHash },
    };
  }

  async #heads(): Promise<Heads> {
    const { engine } = this.#deps;
    return {
      safe: (await engine.getHeader("safe"))?.number ?? 0n,
      finalized: (await engine.getHeader("finalized"))?.number ?? 0n,
    };
  }
}

function safetyOf(number: bigint, heads: Heads): "included" | "safe" | "finalized" {
  if (number <= heads.finalized) return "finalized";
  return number <= heads.safe ? "safe" : "included";
}

/** The shortest list that holds all that match. */
function tableOf({ l1TxHash, from, to, status }: DepositFilter) {
  if (l1TxHash !== undefined) return { table: TABLES.depositsByL1Tx, term: l1TxHash };
  if (from !== undefined) return { table: TABLES.depositsByFrom, term: from };
  if (to !== undefined) return { table: TABLES.depositsByTo, term: to };
  return { table: status === "failedOnL2" ? TABLES.failedDeposits : TABLES.deposits };
}

function matches(deposit: IndexedDeposit, filter: DepositFilter): boolean {
  return (
    (filter.from === undefined || deposit.from === filter.from) &&
    (filter.to === undefined || deposit.to === filter.to) &&
    (filter.l1TxHash === undefined || deposit.l1.txHash === filter.l1TxHash) &&
    (filter.status === undefined || deposit.status === filter.status)
  );
}
