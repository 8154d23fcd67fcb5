import { keccak256 } from "../../util/keccak.js";
import { EngineError } from "../errors.js";
import {
  encodeNode,
  isHash,
  referenceOf,
  type TrieChild,
  type TrieNode,
  toNibbles,
} from "./trieNode.js";

/** Where a trie reads its stored nodes. */
export interface NodeSource {
  /** Errors: ENGINE_STATE_MISSING. */
  loadNode(hash: Uint8Array): TrieNode;
}

/** Receives the nodes that a trie made new. */
export type NodeSink = (hash: Uint8Array, rlp: Uint8Array, node: TrieNode) => void;

/** Root of a trie without entries: keccak(0x80). */
export const EMPTY_TRIE_ROOT = keccak256(Uint8Array.of(0x80));

const NO_NODES: NodeSource = {
  loadNode: () => {
    throw new EngineError("ENGINE_STATE_MISSING", { reason: "a trie without a source" });
  },
};

function commonPrefix(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a[i] === b[i]) i++;
  return i;
}

function joinPaths(...parts: (Uint8Array | number)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...part])));
}

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0;

/**
 * A Merkle Patricia trie that reads synchronously, changes in memory, and hashes only what changed when asked for its root.
 * Shapes: keys as they are in the trie (hashed by the caller), none a prefix of another; values are never empty.
 */
export class Trie {
  readonly #source: NodeSource;
  #root: TrieChild;
  readonly #replaced: Uint8Array[] = [];

  constructor(source: NodeSource = NO_NODES, root: Uint8Array = EMPTY_TRIE_ROOT) {
    this.#source = source;
    this.#root = equalBytes(root, EMPTY_TRIE_ROOT) ? null : root;
  }

  /** True if there is no entry. */
  get isEmpty(): boolean {
    return this.#root === null;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    let path = toNibbles(key);
    let child = this.#root;
    while (child !== null) {
      const node: TrieNode = this.#resolve(child);
      if (node.kind === "leaf") return equalBytes(node.path, path) ? node.value : undefined;
      if (node.kind === "extension") {
        if (commonPrefix(node.path, path) < node.path.length) return undefined;
        path = path.subarray(node.path.length);
        child = node.child;
      } else {
        child = node.children[path[0] as number] as TrieChild;
        path = path.subarray(1);
      }
    }
    return undefined;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#root = this.#put(this.#root, toNibbles(key), value);
  }

  del(key: Uint8Array): void {
    this.#root = this.#del(this.#root, toNibbles(key));
  }

  /** Root hash; every node made since the last time goes to `sink`, children before parents. */
  commit(sink: NodeSink = () => {}): Uint8Array {
    if (this.#root === null) return EMPTY_TRIE_ROOT;
    const reference = referenceOf(this.#root, sink) as Uint8Array;
    if (reference.length === 32) {
      this.#root = reference;
      return reference;
    }
    // A root is stored under its hash however short it is.
    const hash = keccak256(reference);
    sink(hash, reference, this.#root as TrieNode);
    return hash;
  }

  /** Hashes of the stored nodes whose place was taken by others since the last time. */
  takeReplaced(): Uint8Array[] {
    return this.#replaced.splice(0);
  }

  /** RLP of the nodes on the way to a key, root first, as `eth_getProof` gives them; proves absence too. Call after `commit`. */
  prove(key: Uint8Array): Uint8Array[] {
    const proof: Uint8Array[] = [];
    let path = toNibbles(key);
    let child = this.#root;
    while (child !== null) {
      const node: TrieNode = this.#resolve(child);
      const rlp = encodeNode(node, () => {});
      // Nodes shorter than a hash are part of their parent's RLP.
      if (proof.length === 0 || rlp.length >= 32) proof.push(rlp);
      if (node.kind === "leaf") break;
      if (node.kind === "extension") {
        if (commonPrefix(node.path, path) < node.path.length) break;
        path = path.subarray(node.path.length);
        child = node.child;
      } else {
        child = node.children[path[0] as number] as TrieChild;
        path = path.subarray(1);
      }
    }
    return proof;
  }

  #resolve(child: TrieNode | Uint8Array): TrieNode {
    return isHash(child) ? this.#source.loadNode(child) : child;
  }

  /** A node that is about to be changed. */
  #open(child: TrieNode | Uint8Array): TrieNode {
    if (!isHash(child)) return child;
    this.#replaced.push(child);
    return this.#source.loadNode(child);
  }

  #put(child: TrieChild, path: Uint8Array, value: Uint8Array): TrieNode {
    if (child === null) return { kind: "leaf", path, value, reference: null };
    const node = this.#open(child);
    if (node.kind === "branch") {
      const index = path[0] as number;
      const children = node.children.slice();
      children[index] = this.#put(children[index] as TrieChild, path.subarray(1), value);
      return { kind: "branch", children, reference: null };
    }
    const shared = commonPrefix(node.path, path);
    if (node.kind === "leaf" && shared === path.length && shared === node.path.length) {
      return equalBytes(node.value, value) ? node : { ...node, value, reference: null };
    }
    if (node.kind === "extension" && shared === node.path.length) {
      const inner = this.#put(node.child, path.subarray(shared), value);
      return { ...node, child: inner, reference: null };
    }
    const children: TrieChild[] = new Array(16).fill(null);
    children[node.path[shared] as number] = this.#shortened(node, shared + 1);
    children[path[shared] as number] = {
      kind: "leaf",
      path: path.subarray(shared + 1),
      value,
      reference: null,
    };
    const branch: TrieNode = { kind: "branch", children, reference: null };
    if (shared === 0) return branch;
    return { kind: "extension", path: path.subarray(0, shared), child: branch, reference: null };
  }

  /** A leaf or extension without the first nibbles of its path. */
  #shortened(node: Exclude<TrieNode, { kind: "branch" }>, from: number): TrieChild {
    const path = node.path.subarray(from);
    if (node.kind === "leaf") return { ...node, path, reference: null };
    return path.length === 0 ? node.child : { ...node, path, reference: null };
  }

  #del(child: TrieChild, path: Uint8Array): TrieChild {
    if (child === null) return null;
    const node = this.#open(child);
    if (node.kind === "leaf") return equalBytes(node.path, path) ? null : child;
    if (node.kind === "extension") {
      if (commonPrefix(node.path, path) < node.path.length) return child;
      const inner = this.#del(node.child, path.subarray(node.path.length));
      if (inner === node.child) return child;
      return inner === null ? null : this.#prefixed(node.path, inner);
    }
    const index = path[0] as number;
    const old = node.children[index] as TrieChild;
    const changed = this.#del(old, path.subarray(1));
    if (changed === old) return child;
    const children = node.children.slice();
    children[index] = changed;
    const left = children.flatMap((c, i) => (c === null ? [] : [i]));
    if (left.length > 1) return { kind: "branch", children, reference: null };
    const only = left[0] as number;
    return this.#prefixed(Uint8Array.of(only), children[only] as TrieNode | Uint8Array);
  }

  /** A child reached through `prefix`: paths of leaves and extensions grow, a branch gets an extension. */
  #prefixed(prefix: Uint8Array, child: TrieNode | Uint8Array): TrieNode {
    const node = this.#resolve(child);
    if (node.kind === "branch") return { kind: "extension", path: prefix, child, reference: null };
    return { ...node, path: joinPaths(prefix, node.path), reference: null };
  }
}

/** Root of a list trie (transactions, receipts): item i under rlp(i). */
export function listRoot(items: readonly Uint8Array[]): Uint8Array {
  const trie = new Trie();
  for (const [index, item] of items.entries()) trie.put(indexKey(index), item);
  return trie.commit();
}

function indexKey(index: number): Uint8Array {
  if (index === 0) return Uint8Array.of(0x80);
  if (index < 0x80) return Uint8Array.of(index);
  const bytes: number[] = [];
  for (let rest = index; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Uint8Array.from([0x80 + bytes.length, ...bytes]);
}
