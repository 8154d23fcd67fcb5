import { GENESIS_PARENT_INDEX } from "../../protocol/proposal.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { KeyValueStore } from "../../storage/types.js";
import type { Address } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { Lru } from "../../util/lru.js";
import { ServiceError } from "../errors.js";
import { isConfirmed } from "../proposals/proposalBook.js";
import { type OracleReader, ProposalStatus } from "../proposals/types.js";
import { TABLES } from "./indexKeys.js";
import { MAX_ROWS, type ProposalRow, type ProposalStream } from "./proposalStream.js";
import { readPage } from "./readPage.js";
import type {
  GameNode,
  IndexedProposal,
  IndexedStake,
  ListMark,
  Page,
  PageRequest,
  ProposalFilter,
} from "./types.js";

/** What the view reads. */
export interface ProposalViewDeps {
  store: KeyValueStore;
  proposals: ProposalStream;
  oracle: OracleReader;
  /** Newest L1 block seen. */
  l1At(): L1BlockRef | undefined;
}

/** Ancestors that one answer looks at. */
const MAX_ANCESTORS = 64;
/** Described proposals that are kept until one of them changes. */
const KEPT = 4_096;
const text = new TextEncoder();

/** Answers about proposals and stakes. Source: docs/protocol/proposals.md#resolution */
export class ProposalView {
  readonly #challengeSeconds: bigint;
  readonly #finalitySeconds: number;
  readonly #deps: ProposalViewDeps;
  readonly #kept = new Lru<bigint, IndexedProposal>(KEPT);
  /** By block and length of the list. */
  readonly #covering = new Lru<string, bigint[]>(KEPT);
  /** Version of the rows that they were described from. */
  #keptAt: number | undefined;

  constructor(
    config: { challengePeriodSeconds: number; disputeGameFinalityDelaySeconds: number },
    deps: ProposalViewDeps,
  ) {
    this.#challengeSeconds = BigInt(config.challengePeriodSeconds);
    this.#finalitySeconds = config.disputeGameFinalityDelaySeconds;
    this.#deps = deps;
  }

  async get(index: bigint): Promise<IndexedProposal | undefined> {
    const row = this.#deps.proposals.get(index);
    return row && this.#describe(row);
  }

  /**
   * A proposal as it was at an L1 block that rows have been read at since. Undefined: not there, or of too many siblings to tell.
   * What is resolved later was open then: L1's times rise from block to block.
   */
  async gameAt(index: bigint, { time }: L1BlockRef): Promise<GameNode | undefined> {
    const row = this.#deps.proposals.get(index);
    if (!row || row.createdAt > time) return undefined;
    const { parentIndex, createdAt } = row;
    const parent = this.#deps.proposals.get(parentIndex);
    if (!parent && parentIndex !== GENESIS_PARENT_INDEX) return undefined;
    const children = await this.#deps.proposals.childrenOf(parentIndex);
    if (children.length >= MAX_ROWS) return undefined;
    const others = children.filter((child) => child.index !== index && child.createdAt <= time);
    const counts = (status: number) => others.filter((it) => statusAt(it, time) === status).length;
    const status = statusAt(row, time);
    const isOpen = status === ProposalStatus.inProgress;
    return {
      index,
      createdAt,
      resolvedAt: isOpen ? 0n : row.resolvedAt,
      status,
      parentStatus: parent ? statusAt(parent, time) : ProposalStatus.defenderWins,
      unresolvedSiblings: BigInt(counts(ProposalStatus.inProgress)),
      hasConfirmedSibling: isOpen && counts(ProposalStatus.defenderWins) > 0,
    };
  }

  list(filter: ProposalFilter, page: PageRequest): Promise<Page<IndexedProposal>> {
    const list = {
      table: TABLES.proposals,
      load: (index: bigint) => this.get(index),
      matches: (row: IndexedProposal) => matches(row, filter),
    };
    return readPage(this.#deps.store, list, page);
  }

  async covering(l2Number: bigint, limit: number): Promise<IndexedProposal[]> {
    const version = this.#forgetOld();
    const key = `${l2Number} ${limit}`;
    const kept = this.#covering.get(key);
    if (kept) return this.#getAll(kept);
    let found: IndexedProposal[] = [];
    // Nearly all that we agree with are usable, so the first few do.
    for (const count of [limit, MAX_ROWS]) {
      const indexes = await this.#deps.proposals.agreeingFrom(l2Number, count);
      const usable = (await this.#getAll(indexes)).filter((it) => it.usableForWithdrawals);
      found = usable.slice(0, limit);
      if (found.length >= limit || indexes.length < count) break;
    }
    if (this.#forgetOld() === version) {
      this.#covering.set(
        key,
        found.map(({ index }) => index),
      );
    }
    return found;
  }

  async #getAll(indexes: readonly bigint[]): Promise<IndexedProposal[]> {
    const found: IndexedProposal[] = [];
    for (const index of indexes) {
      const proposal = await this.get(index);
      if (proposal) found.push(proposal);
    }
    return found;
  }

  async stakeOf(address: Address): Promise<IndexedStake> {
    const at = this.#deps.l1At();
    if (!at) throw new ServiceError("NODE_NO_SAFE_HEAD", { why: "L1 has not answered yet" });
    const stake = await this.#deps.oracle.getStake(address, at);
    const proposal = stake.standsOn === null ? undefined : await this.get(stake.standsOn);
    const standsOnProposal = proposal ?? null;
    const base = { ...stake, address, standsOnProposal };
    if (stake.amountWei === 0n) return { ...base, status: "none", claimableAt: null };
    if (stake.standsOn === null) return { ...base, status: "free", claimableAt: null };
    // Not indexed yet: it is new, so it is open.
    const status = proposal?.status ?? ProposalStatus.inProgress;
    if (status === ProposalStatus.challengerWins) {
      return { ...base, status: "lost", claimableAt: null };
    }
    const isFree = status === ProposalStatus.defenderWins;
    const claimableAt = isFree ? null : (proposal?.resolvableAt ?? null);
    return { ...base, status: isFree ? "free" : "locked", claimableAt };
  }

  /** Forgets what followed from rows that have changed since; answers the version of the rows. */
  #forgetOld(): number {
    const { version } = this.#deps.proposals;
    if (version !== this.#keptAt) {
      this.#kept.clear();
      this.#covering.clear();
      this.#keptAt = version;
    }
    return version;
  }

  async #describe(row: ProposalRow): Promise<IndexedProposal> {
    const version = this.#forgetOld();
    const kept = this.#kept.get(row.index);
    const at = this.#deps.l1At();
    const isNowConfirmed = at !== undefined && isConfirmed(row, at.time, this.#finalitySeconds);
    if (kept?.isConfirmed === isNowConfirmed) return kept;
    const described = await this.#describeAnew(row, isNowConfirmed);
    // Not if something has changed while it was read.
    if (this.#forgetOld() === version) this.#kept.set(row.index, described);
    return described;
  }

  async #describeAnew(row: ProposalRow, isNowConfirmed: boolean): Promise<IndexedProposal> {
    const parent = this.#deps.proposals.get(row.parentIndex);
    const isLost = (it: ProposalRow | undefined) => it?.status === ProposalStatus.challengerWins;
    const resolvableAt = await this.#resolvableAt(row);
    return {
      ...row,
      resolvableAt,
      confirmedAfter: resolvableAt === null ? null : resolvableAt + BigInt(this.#finalitySeconds),
      isConfirmed: isNowConfirmed,
      usableForWithdrawals: row.verdict === "agree" && !isLost(row) && !isLost(parent),
      mark: markOf(row),
    };
  }

  /** An open one waits for its own period; that of its parent began earlier. */
  async #resolvableAt(row: ProposalRow): Promise<bigint | null> {
    if (row.status === ProposalStatus.challengerWins) return null;
    if (row.status === ProposalStatus.defenderWins) return row.resolvedAt;
    let open: ProposalRow | undefined = row;
    for (let i = 0; open?.status === ProposalStatus.inProgress && i < MAX_ANCESTORS; i += 1) {
      if (await this.#isContradicted(open)) return null;
      open =
        open.parentIndex === GENESIS_PARENT_INDEX
          ? undefined
          : this.#deps.proposals.get(open.parentIndex);
    }
    if (open?.status === ProposalStatus.challengerWins) return null;
    // Later than the end of the period, not at it.
    return row.createdAt + this.#challengeSeconds + 1n;
  }

  /** A sibling that is open holds it up; one that won has beaten it. */
  async #isContradicted({ index, parentIndex }: ProposalRow): Promise<boolean> {
    const siblings = await this.#deps.proposals.childrenOf(parentIndex);
    return siblings.some(
      (other) => other.index !== index && other.status !== ProposalStatus.challengerWins,
    );
  }
}

/** Of rows that are in memory anyway. */
const MARKS = new WeakMap<ProposalRow, ListMark>();

function markOf(row: ProposalRow): ListMark {
  const kept = MARKS.get(row);
  if (kept) return kept;
  const identity = `${row.address} ${row.createdAt} ${row.rootClaim} ${row.parentIndex}`;
  const mark = { position: row.index, anchor: keccakHex(text.encode(identity)) };
  MARKS.set(row, mark);
  return mark;
}

function statusAt({ status, resolvedAt }: ProposalRow, time: bigint): number {
  return resolvedAt > time ? ProposalStatus.inProgress : status;
}

function matches(row: IndexedProposal, { state, verdict, fromL2Block }: ProposalFilter): boolean {
  return (
    (state === undefined || stateOf(row) === state) &&
    (verdict === undefined || row.verdict === verdict) &&
    (fromL2Block === undefined || row.l2BlockNumber >= fromL2Block)
  );
}

function stateOf(row: IndexedProposal): NonNullable<ProposalFilter["state"]> {
  if (row.status === ProposalStatus.inProgress) return "open";
  if (row.status === ProposalStatus.challengerWins) return "rejected";
  return row.isConfirmed ? "confirmed" : "resolved";
}
