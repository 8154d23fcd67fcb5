import { GENESIS_PARENT_INDEX } from "../../protocol/proposal.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { Lru } from "../../util/lru.js";
import type { OutputAccess } from "../chainAccess.js";
import { judge } from "../proposals/judge.js";
import { type OracleReader, type ProposalState, ProposalStatus } from "../proposals/types.js";
import { decodeStored } from "../storedValue.js";
import type { ProposalVerdict, StepResult } from "../types.js";
import { indexKey, positionOf, putMark, putRow, TABLES } from "./indexKeys.js";
import type { IndexEvent } from "./types.js";

/** A proposal as stored. */
export interface ProposalRow extends ProposalState {
  verdict: ProposalVerdict["verdict"];
  expectedRoot: ProposalVerdict["expectedRoot"];
}

/** What the stream reads. */
export interface ProposalStreamDeps {
  node: Pick<OutputAccess, "feeds" | "derivedOutputRoot" | "machineClaim">;
  oracle: OracleReader;
  store: KeyValueStore;
  emit(events: IndexEvent[]): void;
}

const PAGE = 64n;
const MAX_POSITION = (1n << 64n) - 1n;
/** Rows of one answer. */
export const MAX_ROWS = 64;
/** Rows, and lists of indexes, that are kept decoded. */
const KEPT_ROWS = 8_192;
const KEPT_LISTS = 8_192;

/**
 * Proposals of the BlockOracle with this node's verdicts. A row is read again at each L1 block until its fate is in a finalized
 * L1 block, so reorgs need no undoing; rows beyond the oracle's count are deleted.
 */
export class ProposalStream {
  readonly #deps: ProposalStreamDeps;
  readonly #rows = new Lru<bigint, ProposalRow>(KEPT_ROWS);
  /** Indexes by parent; by the block that they must cover and how many were asked for. */
  readonly #children = new Lru<bigint, bigint[]>(KEPT_LISTS);
  readonly #agreeing = new Lru<string, bigint[]>(KEPT_LISTS);
  #version = 0;
  #count: bigint;
  #known = 0n;
  /** L1 block and derived entries of the round, and the first indexes of the pages it has left. */
  #round = "";
  #pages: bigint[] = [];
  /** L1 block that rows have last been read at, and the one that all of them are true at. */
  #newest: L1BlockRef | undefined;
  #whole: L1BlockRef | undefined;

  constructor(deps: ProposalStreamDeps) {
    this.#deps = deps;
    const tip = deps.store.get(this.#tipKey);
    this.#count = tip ? decodeStored<{ count: bigint }>(tip).meta.count : 0n;
  }

  get indexed(): bigint {
    return this.#count;
  }

  get known(): bigint {
    return this.#known;
  }

  /** Changes with every row that changes. */
  get version(): number {
    return this.#version;
  }

  get isRoundDone(): boolean {
    return this.#pages.length === 0 && this.#round !== "";
  }

  /** The L1 block that all rows are true at, and the one that some have been read at since; undefined: none yet. */
  get readAt(): { whole: L1BlockRef; newest: L1BlockRef } | undefined {
    return this.#whole && this.#newest && { whole: this.#whole, newest: this.#newest };
  }

  reset(): void {
    this.#forget();
    this.#count = 0n;
    this.#round = "";
    this.#pages = [];
    this.#newest = undefined;
    this.#whole = undefined;
  }

  get(index: bigint): ProposalRow | undefined {
    if (index < 0n || index >= this.#count) return undefined;
    const kept = this.#rows.get(index);
    if (kept) return kept;
    const value = this.#deps.store.get(indexKey(TABLES.proposals, index));
    const row = value && decodeStored<ProposalRow>(value).meta;
    if (row) this.#rows.set(index, row);
    return row;
  }

  /** Proposals with this parent, ascending; the first 64. */
  async childrenOf(parentIndex: bigint): Promise<ProposalRow[]> {
    const range = {
      gte: indexKey(TABLES.proposalChildren, parentIndex, 0n),
      lt: indexKey(TABLES.proposalChildren, parentIndex, MAX_POSITION),
      limit: MAX_ROWS,
    };
    const indexes = await this.#indexesIn(this.#children, parentIndex, range);
    return indexes.flatMap((index) => this.get(index) ?? []);
  }

  /** Indexes of the first proposals we agree with that claim this block or a later one, the lowest block first; 64 at most. */
  async agreeingFrom(l2Number: bigint, limit = MAX_ROWS): Promise<readonly bigint[]> {
    const range = {
      gte: indexKey(TABLES.proposalsByBlock, l2Number, 0n),
      lt: indexKey(TABLES.proposalsByBlock, MAX_POSITION),
      limit: Math.min(limit, MAX_ROWS),
    };
    return this.#indexesIn(this.#agreeing, `${l2Number} ${limit}`, range);
  }

  /** The indexes at the ends of the keys of a range. `kept` has those of ranges asked for before, by `id`. */
  async #indexesIn<Id>(
    kept: Lru<Id, bigint[]>,
    id: Id,
    range: { gte: Uint8Array; lt: Uint8Array; limit: number },
  ): Promise<readonly bigint[]> {
    let indexes = kept.get(id);
    if (!indexes) {
      const version = this.#version;
      indexes = [];
      const keys = { ...range, keysOnly: true };
      for await (const [key] of this.#deps.store.iterate(keys)) indexes.push(positionOf(key));
      // Written to while it was read: good for this answer, but not to be kept.
      if (version === this.#version) kept.set(id, indexes);
    }
    return indexes;
  }

  /** Rows have been written: what was read before may be wrong. */
  #forget(): void {
    this.#version += 1;
    this.#rows.clear();
    this.#children.clear();
    this.#agreeing.clear();
  }

  /** Errors: those of OracleReader. */
  async step(): Promise<StepResult> {
    const { feeds } = this.#deps.node;
    const at = feeds.snapshot?.at;
    if (!at) return { status: "waiting", detail: "L1 has not answered yet" };
    const round = `${at.hash} ${feeds.derivedCount}`;
    if (round !== this.#round) await this.#beginRound(at, round);
    const from = this.#pages[0];
    if (from === undefined) return { status: "idle" };
    const isWhole = await this.#refresh(from, at);
    // Shorter than the count said: L1 moved; the next round sees it.
    this.#pages = isWhole ? this.#pages.slice(1) : [];
    if (isWhole && this.#pages.length === 0) this.#whole = at;
    return { status: "progress" };
  }

  async #beginRound(at: L1BlockRef, round: string): Promise<void> {
    this.#known = await this.#deps.oracle.getCount(at);
    this.#newest = at;
    if (this.#known < this.#count) await this.#truncate(this.#known);
    const pages = new Set<bigint>();
    const range = {
      gte: indexKey(TABLES.unsettledProposals),
      lt: indexKey(TABLES.unsettledProposals, MAX_POSITION),
    };
    for await (const [key] of this.#deps.store.iterate(range)) {
      pages.add(positionOf(key) / PAGE);
    }
    for (let page = this.#count / PAGE; page * PAGE < this.#known; page += 1n) pages.add(page);
    this.#pages = [...pages].sort((a, b) => Number(a - b)).map((page) => page * PAGE);
    this.#round = round;
    if (this.#pages.length === 0) this.#whole = at;
  }

  /** Reads one page again. False if it was shorter than expected. */
  async #refresh(from: bigint, at: L1BlockRef): Promise<boolean> {
    const end = from + PAGE < this.#known ? from + PAGE : this.#known;
    const states = await this.#deps.oracle.getProposals(from, Number(end - from), at);
    const finalizedTime = this.#deps.node.feeds.heads?.finalized.time ?? 0n;
    const operations: StoreOperation[] = [];
    const events: IndexEvent[] = [];
    const fresh = new Map<bigint, ProposalState>();
    let count = this.#count;
    for (const state of states) {
      if (state.index > count) break;
      fresh.set(state.index, state);
      const before = this.get(state.index);
      const row = await this.#judged(state, fresh);
      if (state.index === count) count += 1n;
      const isSettled =
        row.status !== ProposalStatus.inProgress &&
        row.resolvedAt <= finalizedTime &&
        row.verdict !== "unknown";
      if (!before || !isSame(before, row) || this.#isMarkedSettled(row.index) !== isSettled) {
        operations.push(...(before ? deletesOf(before) : []), ...putsOf(row, isSettled));
      }
      if (!before) events.push({ type: "proposal", index: row.index, change: "created" });
      else if (before.status !== row.status || before.verdict !== row.verdict) {
        events.push({ type: "proposal", index: row.index, change: "changed" });
      }
    }
    if (operations.length > 0) {
      await this.#deps.store.batch([...operations, putRow(this.#tipKey, { count })]);
      this.#forget();
    }
    this.#count = count;
    this.#deps.emit(events);
    return states.length === Number(end - from);
  }

  async #judged(
    state: ProposalState,
    fresh: ReadonlyMap<bigint, ProposalState>,
  ): Promise<ProposalRow> {
    const { parentIndex } = state;
    const parent = fresh.get(parentIndex) ?? this.get(parentIndex);
    const parentBlock = parentIndex === GENESIS_PARENT_INDEX ? 0n : parent?.l2BlockNumber;
    const { verdict, expectedRoot } = await judge(this.#deps.node, state, parentBlock);
    return { ...state, verdict, expectedRoot };
  }

  async #truncate(count: bigint): Promise<void> {
    const operations: StoreOperation[] = [];
    const events: IndexEvent[] = [];
    for (let index = count; index < this.#count; index += 1n) {
      const row = this.get(index);
      if (row) operations.push(...deletesOf(row));
      events.push({ type: "proposal", index, change: "removed" });
    }
    await this.#deps.store.batch([...operations, putRow(this.#tipKey, { count })]);
    this.#forget();
    this.#count = count;
    this.#deps.emit(events);
  }

  #isMarkedSettled(index: bigint): boolean {
    return !this.#deps.store.has(indexKey(TABLES.unsettledProposals, index));
  }

  get #tipKey(): Uint8Array {
    return indexKey(TABLES.tip, "0x70");
  }
}

/** Most rows that are read again have not changed, and need not be written. */
function isSame(a: ProposalRow, b: ProposalRow): boolean {
  const names = Object.keys(b) as (keyof ProposalRow)[];
  return names.length === Object.keys(a).length && names.every((name) => a[name] === b[name]);
}

function putsOf(row: ProposalRow, isSettled: boolean): StoreOperation[] {
  const { index, parentIndex, l2BlockNumber } = row;
  return [
    putRow(indexKey(TABLES.proposals, index), row),
    putMark(indexKey(TABLES.proposalChildren, parentIndex, index)),
    ...(isSettled ? [] : [putMark(indexKey(TABLES.unsettledProposals, index))]),
    ...(row.verdict === "agree"
      ? [putMark(indexKey(TABLES.proposalsByBlock, l2BlockNumber, index))]
      : []),
  ];
}

function deletesOf({ index, parentIndex, l2BlockNumber }: ProposalRow): StoreOperation[] {
  return [
    indexKey(TABLES.proposals, index),
    indexKey(TABLES.proposalChildren, parentIndex, index),
    indexKey(TABLES.unsettledProposals, index),
    indexKey(TABLES.proposalsByBlock, l2BlockNumber, index),
  ].map((key) => ({ type: "del", key }));
}
