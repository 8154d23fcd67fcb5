import type { Hash, Hex } from "../../util/hex.js";

/** What a proof file is about. */
export interface ProofFileMeta {
  readonly chainId: bigint;
  readonly machineVersion: number;
  /** The L2 block that the steps make. */
  readonly block: bigint;
  /** The entry that the block comes from. */
  readonly entryIndex: bigint;
  /** Position of the first root in the block's slot; position 0 is the boundary that begins the block. */
  readonly from: number;
  /** Positions between two roots. */
  readonly stride: number;
  /** First entry that is not part of the claim. */
  readonly entryBound: bigint;
}

/** What one step opens; its contents are found by hash in the rest of the file. */
export interface AccessData {
  /** Position in the block's slot. */
  readonly stepIndex: number;
  readonly mode: number;
  /** Leaves and nodes that the step reads or writes, ascending; the witness's items follow from them. */
  readonly gindices: readonly number[];
  /** `nWords` of the 2^log2 words are shown, the rest is 0. In the order of reading. */
  readonly ranges: readonly {
    readonly g: number;
    readonly log2: number;
    readonly nWords: number;
  }[];
  /** In the order of reading. */
  readonly mptNodes: readonly Hash[];
  /** At most one. */
  readonly codeHashes: readonly Hash[];
  /** Pre-images of feed contents, joined in front of `aux`. */
  readonly feedKeys: readonly Hash[];
  readonly aux: Hex;
}

/**
 * The proof file: roots of a block's steps, and all that their witnesses are made of.
 * Source: docs/protocol/machine.md#proof-file
 */
export interface ProofFile {
  readonly meta: ProofFileMeta;
  /** Roots at `from + i * stride`. */
  readonly steps: readonly Hash[];
  readonly access: readonly AccessData[];
  /** Nodes of the state tree: children by their hash. Subtrees of zeros are left out. */
  readonly nodes: ReadonlyMap<Hash, readonly [Hash, Hash]>;
  readonly mpt: ReadonlyMap<Hash, Hex>;
  readonly code: ReadonlyMap<Hash, Hex>;
  readonly feed: ReadonlyMap<Hash, Hex>;
}
