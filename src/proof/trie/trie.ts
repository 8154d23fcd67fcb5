import { fromHex, type Hash, toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { ProofError } from "../errors.js";
import { encodeNode, referenceOf } from "./encodeNode.js";
import { insertNode } from "./insertNode.js";
import { loaderOf, type NodeLoader, type NodeSource } from "./nodeLoader.js";
import { removeNode } from "./removeNode.js";
import {
  createHashNode,
  sharedLength,
  type TrieChild,
  type TrieNode,
  toNibbles,
} from "./trieNode.js";
import type { TrieRecorder } from "./trieRecorder.js";

/** Root of a trie without entries: keccak(0x80). */
export const EMPTY_TRIE_ROOT: Hash =
  "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

const NO_NODES: NodeSource = {
  node: (hash) => {
    throw new ProofError("PROOF_NODE_MISSING", { hash });
  },
};

/**
 * A Merkle Patricia trie as a value: a change makes a new trie that shares all that did not change, and hashes nothing
 * before a root (or a recording) is asked for. A snapshot is a reference, a revert is going back to it.
 *
 * Shapes: keys as they are in the trie (hashed by the caller), all of one length.
 * Errors of every access: PROOF_NODE_MISSING, PROOF_BAD_NODE.
 */
export class Trie {
  readonly #loader: NodeLoader;
  readonly #top: TrieChild;
  #rootBytes: Uint8Array | null = null;

  private constructor(loader: NodeLoader, top: TrieChild) {
    this.#loader = loader;
    this.#top = top;
  }

  /** The trie with this root; its nodes are read when they are needed. */
  static open(root: Hash, source: NodeSource): Trie {
    const hash = root.toLowerCase() as Hash;
    if (hash === EMPTY_TRIE_ROOT) return Trie.empty(source);
    return new Trie(loaderOf(source), createHashNode(fromHex(hash), hash));
  }

  static empty(source: NodeSource = NO_NODES): Trie {
    return new Trie(loaderOf(source), null);
  }

  /**
   * The value under a key. Records from the root downward every node on the way that is referenced by hash, the root always;
   * nodes shorter than a hash are inside their parent.
   *
   * Shapes: the value is a view that must not be changed; undefined if there is none.
   */
  get(key: Uint8Array, recorder?: TrieRecorder): Uint8Array | undefined {
    const nibbles = toNibbles(key);
    let at = 0;
    let child = this.#top;
    while (child !== null) {
      const node: TrieNode = child.kind === "hash" ? this.#loader.load(child) : child;
      if (recorder !== undefined && (at === 0 || referenceOf(child).length === 32)) {
        recorder.node(encodeNode(node));
      }
      if (node.kind === "branch") {
        const index = nibbles[at];
        if (index === undefined) return node.value.length === 0 ? undefined : node.value;
        child = node.children[index] as TrieChild;
        at++;
        continue;
      }
      if (sharedLength(node.path, nibbles, at) < node.path.length) return undefined;
      at += node.path.length;
      if (node.kind === "leaf") return at === nibbles.length ? node.value : undefined;
      child = node.child;
    }
    return undefined;
  }

  /**
   * The trie with `value` under `key`; an empty value deletes. Returns this trie itself if that changes nothing.
   * Records nothing of the path, which a `get` of the same key has shown, but where a deletion leaves a branch
   * with one child that is referenced by hash, that child.
   *
   * Shapes: keeps copies of key and value. Errors: PROOF_BAD_KEY.
   */
  put(key: Uint8Array, value: Uint8Array, recorder?: TrieRecorder): Trie {
    const nibbles = toNibbles(key);
    const loader = this.#loader;
    const top =
      value.length === 0
        ? removeNode({ loader, recorder }, this.#top, nibbles, 0)
        : insertNode(loader, this.#top, nibbles, 0, value);
    return top === this.#top ? this : new Trie(loader, top);
  }

  root(): Hash {
    return this.#top === null ? EMPTY_TRIE_ROOT : toHex(this.rootBytes());
  }

  /** Shapes: 32 fresh bytes. */
  rootBytes(): Uint8Array {
    this.#rootBytes ??= hashOfTop(this.#top);
    return this.#rootBytes.slice();
  }

  /**
   * Hands over every node that was made in memory and is referenced by hash (the root always), children before parents;
   * with these added to its source the trie can be opened again.
   */
  collect(recorder: TrieRecorder): void {
    const top = this.#top;
    if (top === null || top.kind === "hash") return;
    collectBelow(top, recorder);
    if (referenceOf(top).length < 32) recorder.node(encodeNode(top));
  }
}

function hashOfTop(top: TrieChild): Uint8Array {
  if (top === null) return fromHex(EMPTY_TRIE_ROOT);
  const ref = referenceOf(top);
  // A root is stored under its hash however short it is.
  return ref.length === 32 ? ref : keccak256(ref);
}

function collectBelow(child: TrieChild, recorder: TrieRecorder): void {
  if (child === null || child.kind === "hash") return;
  if (child.kind === "extension") collectBelow(child.child, recorder);
  if (child.kind === "branch") for (const below of child.children) collectBelow(below, recorder);
  if (referenceOf(child).length === 32) recorder.node(encodeNode(child));
}
