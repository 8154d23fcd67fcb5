import type { Engine } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import type { L1BlockRef, RollupConfig } from "../../protocol/types.js";
import type { KeyValueStore } from "../../storage/types.js";
import type { Address, Hash } from "../../util/hex.js";
import type { FeedView } from "../chainAccess.js";
import type { OracleReader } from "../proposals/types.js";
import { BatchView } from "./batchView.js";
import { DepositView } from "./depositView.js";
import type { L2Stream } from "./l2Stream.js";
import type { PortalStream } from "./portalStream.js";
import type { ProposalStream } from "./proposalStream.js";
import { ProposalView } from "./proposalView.js";
import type { RecordStream } from "./recordStream.js";
import { Timetable } from "./timetable.js";
import type {
  DepositFilter,
  IndexEvent,
  IndexProgress,
  IndexReader,
  IndexStanding,
  PageRequest,
  ProposalFilter,
} from "./types.js";
import { WithdrawalView } from "./withdrawalView.js";

/** What the view reads. */
export interface IndexViewDeps {
  engine: Pick<Engine, "getHeader">;
  feeds: FeedView;
  store: KeyValueStore;
  oracle: OracleReader;
  l1: Pick<L1Reader, "getHeader">;
  l2: L2Stream;
  records: RecordStream;
  portal: PortalStream;
  proposals: ProposalStream;
  progress(): IndexProgress;
  catchUp(): Promise<void>;
  subscribe(listener: (event: IndexEvent) => void): () => void;
}

/** L1 blocks that the index may be behind the head when it answers alone. */
const MAX_LAG = 2n;

/** The read side of the index, for the gateway. Questions about single things take in what was made a moment ago. */
export class IndexView implements IndexReader {
  readonly #deps: IndexViewDeps;
  readonly #deposits: DepositView;
  readonly #withdrawals: WithdrawalView;
  readonly #proposals: ProposalView;
  readonly #batches: BatchView;
  readonly #timetable: Timetable;

  constructor(config: RollupConfig, deps: IndexViewDeps) {
    const { chain } = config;
    this.#deps = deps;
    this.#deposits = new DepositView(chain, deps);
    this.#withdrawals = new WithdrawalView(deps);
    this.#proposals = new ProposalView(chain, { ...deps, l1At: () => this.l1At() });
    this.#batches = new BatchView(deps);
    this.#timetable = new Timetable(config, deps);
  }

  progress(): IndexProgress {
    return this.#deps.progress();
  }

  l1At(): L1BlockRef | undefined {
    return this.#deps.feeds.snapshot?.at;
  }

  getWithdrawal(withdrawalHash: Hash) {
    return this.#twice(() => this.#withdrawals.get(withdrawalHash));
  }

  async withdrawalsOfTx(l2TxHash: Hash) {
    const find = async () => {
      const found = await this.#withdrawals.ofTx(l2TxHash);
      return found.length === 0 ? undefined : found;
    };
    return (await this.#twice(find)) ?? [];
  }

  listWithdrawals(filter: { sender?: Address; target?: Address }, page: PageRequest) {
    return this.#withdrawals.list(filter, page);
  }

  getWithdrawalL1(withdrawalHash: Hash) {
    return this.#deps.portal.eventsOf(withdrawalHash);
  }

  hasWithdrawalEvents(at: Pick<L1BlockRef, "number" | "hash">) {
    return this.#deps.portal.holds(at);
  }

  standing(): IndexStanding | undefined {
    const { portal, proposals } = this.#deps;
    const read = proposals.readAt;
    const head = this.l1At();
    if (!read || !head) return undefined;
    const { whole: at, newest } = read;
    // Events above it are told from those below; rows of proposals that have been read since must be of the same chain.
    const isOneChain = portal.holds(at) && (isNext(newest, at) || portal.holds(newest));
    const lag = head.number - at.number;
    const isSame = lag <= 1n ? isNext(head, at) : lag <= MAX_LAG;
    return isOneChain && isSame ? { at, version: proposals.version } : undefined;
  }

  getDeposit(index: bigint) {
    return this.#twice(() => this.#deposits.get(index));
  }

  getDepositByL2Hash(hash: Hash) {
    return this.#twice(() => this.#deposits.getByL2Hash(hash));
  }

  depositsOfL1Tx(hash: Hash) {
    return this.#deposits.ofL1Tx(hash);
  }

  listDeposits(filter: DepositFilter, page: PageRequest) {
    return this.#deposits.list(filter, page);
  }

  getBatch(index: bigint) {
    return this.#batches.get(index);
  }

  batchOfBlock(l2Number: bigint) {
    return this.#batches.ofBlock(l2Number);
  }

  listBatches(page: PageRequest) {
    return this.#batches.list(page);
  }

  getProposal(index: bigint) {
    return this.#proposals.get(index);
  }

  listProposals(filter: ProposalFilter, page: PageRequest) {
    return this.#proposals.list(filter, page);
  }

  getGame(index: bigint, at: L1BlockRef) {
    return this.#proposals.gameAt(index, at);
  }

  coveringProposals(l2Number: bigint, limit = 1) {
    return this.#proposals.covering(l2Number, limit);
  }

  getStake(address: Address) {
    return this.#proposals.stakeOf(address);
  }

  forecast(known: { batchedAt?: bigint; createdAt?: bigint } = {}) {
    return this.#timetable.forecast(known);
  }

  subscribe(listener: (event: IndexEvent) => void): () => void {
    return this.#deps.subscribe(listener);
  }

  /** Who has just seen a receipt may ask before the next step. */
  async #twice<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
    const found = await find();
    if (found !== undefined) return found;
    const tip = await this.#deps.engine.getHeader("latest");
    if (tip === undefined || tip.number <= this.#deps.l2.indexed) return undefined;
    await this.#deps.catchUp();
    return find();
  }
}

/** True for the same block, or the one after it. */
function isNext(block: L1BlockRef, { hash }: L1BlockRef): boolean {
  return block.hash === hash || block.parentHash === hash;
}
