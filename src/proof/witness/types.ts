/** A node of the state tree. Shapes: value 32 bytes. */
export interface Item {
  readonly g: number;
  readonly value: Uint8Array;
}

/** The words of an item's subtree of 2^log2 words; those that are not given are 0. */
export interface Range {
  readonly g: number;
  readonly log2: number;
  /** Shapes: 32 bytes each. */
  readonly words: readonly Uint8Array[];
}

/** What one step needs to be executed without the state. Source: docs/protocol/machine.md#witness */
export interface Witness {
  /** Tile the tree from left to right. */
  readonly items: readonly Item[];
  readonly ranges: readonly Range[];
  /** Trie nodes in the order of reading. */
  readonly nodes: readonly Uint8Array[];
  readonly code: Uint8Array;
  readonly aux: Uint8Array;
}

/** What one step touched. */
export interface Access {
  /** Leaves and nodes, roots of ranges included. */
  readonly leaves: ReadonlySet<number>;
  /** Each once, in the order of reading. */
  readonly ranges: readonly { readonly g: number; readonly log2: number }[];
  readonly nodes: readonly Uint8Array[];
  readonly code: Uint8Array;
  readonly aux: Uint8Array;
  /** What `aux` was joined from. */
  readonly auxParts: readonly Uint8Array[];
}
