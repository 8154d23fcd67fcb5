import { type Hash, toHex } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { ProofError } from "../errors.js";
import { decodeNode } from "./decodeNode.js";
import type { HashNode, TrieNode } from "./trieNode.js";

/** Where trie nodes come from. */
export interface NodeSource {
  /** Shapes: the bytes are not changed afterwards. Errors: PROOF_NODE_MISSING with `{ hash }`. */
  node(hash: Hash): Uint8Array;
}

/** Nodes per generation; a full branch takes about 3 KB decoded. */
const LIMIT_NODES = 16_384;

/**
 * Reads nodes from a source, checks and decodes them, and remembers the last ones.
 * The memory is two generations: when the young one is full it becomes the old one, and what was in the old one is forgotten.
 */
export class NodeLoader {
  readonly #source: NodeSource;
  readonly #limit: number;
  #young = new Map<Hash, TrieNode>();
  #old = new Map<Hash, TrieNode>();

  constructor(source: NodeSource, limit = LIMIT_NODES) {
    this.#source = source;
    this.#limit = limit;
  }

  /** The node behind a hash. Errors: PROOF_NODE_MISSING, PROOF_BAD_NODE. */
  load(from: HashNode): TrieNode {
    from.hex ??= toHex(from.ref);
    const hash = from.hex;
    const young = this.#young.get(hash);
    if (young !== undefined) return young;
    const node = this.#old.get(hash) ?? this.#read(hash, from.ref);
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(hash, node);
    return node;
  }

  #read(hash: Hash, ref: Uint8Array): TrieNode {
    const rlp = this.#source.node(hash);
    if (keccakHex(rlp) !== hash) {
      throw new ProofError("PROOF_BAD_NODE", { hash, reason: "has another hash" });
    }
    const node = decodeNode(rlp, hash);
    node.ref = ref;
    return node;
  }
}

const loaders = new WeakMap<NodeSource, NodeLoader>();

/** The one loader of a source, so that all tries over it share what is decoded. */
export function loaderOf(source: NodeSource): NodeLoader {
  let loader = loaders.get(source);
  if (loader === undefined) {
    loader = new NodeLoader(source);
    loaders.set(source, loader);
  }
  return loader;
}
