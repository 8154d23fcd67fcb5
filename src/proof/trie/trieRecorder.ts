/** Receives the nodes that somebody who has only the root must be shown, in the order in which they are needed. */
export interface TrieRecorder {
  /** Shapes: RLP of a node that is referenced by hash; fresh bytes. */
  node(rlp: Uint8Array): void;
}
