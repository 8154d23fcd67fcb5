import type { BlockHeader } from "../engine/types.js";
import type { FeedEntry, FeedRecord, FeedSnapshot } from "../l1/types.js";
import type {
  Cursor,
  ExecutionPayload,
  L1BlockRef,
  PayloadAttributes,
  RollupConfig,
} from "../protocol/types.js";
import type { Hash, Hex } from "../util/hex.js";
import type { ProposalVerdict } from "./types.js";

/** A block and everything that derivation carries past it. */
export interface ChainTip {
  number: bigint;
  hash: Hash;
  cursor: Cursor;
}

/** The feeds as the node knows them. */
export interface FeedView {
  /** Tips of the feeds at the newest L1 block seen. */
  readonly snapshot: FeedSnapshot | undefined;
  readonly heads: { head: L1BlockRef; safe: L1BlockRef; finalized: L1BlockRef } | undefined;
  getEntry(index: bigint): FeedEntry | undefined;
  getRecord(index: bigint): FeedRecord | undefined;
  /** Elements in the node's store; while it catches up fewer than the snapshot says. */
  readonly entryCount: bigint;
  readonly recordCount: bigint;
  /** Entries whose L2 blocks the engine has. */
  readonly derivedCount: bigint;
  /** Last L2 block after the entries below `entryEnd`; undefined: not derived yet. */
  blockAtEntryEnd(entryEnd: bigint): { number: bigint; hash: Hash } | undefined;
}

/** What the sequencer and the batcher need of the node. */
export interface ChainAccess {
  readonly rollupConfig: RollupConfig;
  readonly feeds: FeedView;
  /** Why unsafe blocks must not be built or posted now; empty if they may. */
  syncProblems(): string[];
  /** No head moves while `section` runs, but by itself. */
  exclusive<T>(section: () => Promise<T>): Promise<T>;
  safeTip(): Promise<ChainTip>;
  /** Undefined: the cursor of the unsafe head is being recovered. */
  unsafeTip(): Promise<(ChainTip & { header: BlockHeader }) | undefined>;
  cursorAfter(blockHash: Hash): Cursor | undefined;
  /** Only inside `exclusive`. */
  buildUnsafe(parent: Hash, attributes: PayloadAttributes): Promise<ExecutionPayload>;
  /** Only inside `exclusive`. Makes a built block the unsafe head. */
  insertUnsafe(payload: ExecutionPayload, cursor: Cursor): Promise<void>;
  /** The unsafe blocks cannot be posted any more: drop those above the safe head; their transactions return to the pool. */
  dropUnsafe(reason: string): Promise<void>;
}

/** A proposal that was resolved DEFENDER_WINS and is past its finality delay. */
export interface ConfirmedProposal {
  index: bigint;
  l2BlockNumber: bigint;
  rootClaim: Hash;
}

/** Machine root of a claim, with the proof that BlockOracle.createWithProof takes. */
export interface MachineClaim {
  root: Hash;
  /** Shapes: 512 bytes. */
  proof: Hex;
}

/** What the proposer and the verifier need of the node. */
export interface OutputAccess {
  readonly rollupConfig: RollupConfig;
  readonly feeds: FeedView;
  /** Output root of a derived block; undefined if the node has not derived it yet. */
  derivedOutputRoot(number: bigint): Promise<Hash | undefined>;
  /**
   * What a claim of this block at this feed position names; undefined: not run yet; null: this node runs no step machine, and
   * judges output roots only.
   */
  machineClaim(feedEnd: bigint, l2BlockNumber: bigint): MachineClaim | undefined | null;
  noteConfirmed(confirmed: ConfirmedProposal): void;
  getVerdict(index: bigint): ProposalVerdict | undefined;
  putVerdicts(verdicts: ProposalVerdict[]): Promise<void>;
}
