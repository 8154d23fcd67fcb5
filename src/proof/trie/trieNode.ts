/**
 * Nodes of a Merkle Patricia trie in memory. They are never changed once made, apart from the memos `ref` and `hex`,
 * so any number of tries and snapshots share them.
 *
 * `ref` is how a parent names the node: its hash (32 bytes), or its own RLP if that is shorter; null until asked for.
 */
export type TrieNode = LeafNode | ExtensionNode | BranchNode;

/** Nothing, a node that is known by its hash alone, or a node. */
export type TrieChild = TrieNode | HashNode | null;

/** Shapes: paths are nibble strings, one nibble per byte. */
export interface LeafNode {
  readonly kind: "leaf";
  readonly path: Uint8Array;
  readonly value: Uint8Array;
  ref: Uint8Array | null;
}

/** The shared part of the paths below it, never empty. */
export interface ExtensionNode {
  readonly kind: "extension";
  readonly path: Uint8Array;
  readonly child: TrieNode | HashNode;
  ref: Uint8Array | null;
}

/** Shapes: 16 children; `value` is empty in every trie of ours (keys of equal length), and kept where it is not. */
export interface BranchNode {
  readonly kind: "branch";
  readonly children: readonly TrieChild[];
  readonly value: Uint8Array;
  ref: Uint8Array | null;
}

/** Stands for a stored node until somebody walks through it. */
export interface HashNode {
  readonly kind: "hash";
  readonly ref: Uint8Array;
  /** Memo of `ref` as the key of sources and caches. */
  hex: `0x${string}` | null;
}

/** A new leaf. */
export function createLeaf(path: Uint8Array, value: Uint8Array): LeafNode {
  return { kind: "leaf", path, value, ref: null };
}

/** A new extension. */
export function createExtension(path: Uint8Array, child: TrieNode | HashNode): ExtensionNode {
  return { kind: "extension", path, child, ref: null };
}

/** A new branch. */
export function createBranch(children: readonly TrieChild[], value: Uint8Array): BranchNode {
  return { kind: "branch", children, value, ref: null };
}

/** A node that is known by its hash alone. */
export function createHashNode(ref: Uint8Array, hex: `0x${string}` | null = null): HashNode {
  return { kind: "hash", ref, hex };
}

/** Bytes to nibbles, the high one first. */
export function toNibbles(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    out[2 * i] = byte >> 4;
    out[2 * i + 1] = byte & 15;
  }
  return out;
}

/** How many nibbles `path` shares with `key` from position `at` on. */
export function sharedLength(path: Uint8Array, key: Uint8Array, at: number): number {
  const limit = Math.min(path.length, key.length - at);
  let i = 0;
  while (i < limit && path[i] === key[at + i]) i++;
  return i;
}
