import { EMPTY_BYTES } from "../../util/hex.js";
import { encodeNode, referenceOf } from "./encodeNode.js";
import type { NodeLoader } from "./nodeLoader.js";
import {
  type BranchNode,
  createBranch,
  createExtension,
  createLeaf,
  type HashNode,
  sharedLength,
  type TrieChild,
  type TrieNode,
} from "./trieNode.js";
import type { TrieRecorder } from "./trieRecorder.js";

/** What a removal needs beside the trie. */
export interface RemoveDeps {
  readonly loader: NodeLoader;
  readonly recorder: TrieRecorder | undefined;
}

/**
 * The subtree `child` without the key's rest (nibbles from `at` on).
 * At most one branch of the path collapses, since what it collapses to is never nothing.
 * Shapes: returns `child` itself if the key is not there. Errors: those of the loader.
 */
export function removeNode(
  deps: RemoveDeps,
  child: TrieChild,
  key: Uint8Array,
  at: number,
): TrieChild {
  if (child === null) return null;
  const node = child.kind === "hash" ? deps.loader.load(child) : child;
  if (node.kind === "branch") {
    const index = key[at];
    if (index === undefined) return child;
    const old = node.children[index] as TrieChild;
    const changed = removeNode(deps, old, key, at + 1);
    if (changed === old) return child;
    const children = node.children.slice();
    children[index] = changed;
    return changed === null ? collapse(deps, children, node) : createBranch(children, node.value);
  }
  if (sharedLength(node.path, key, at) < node.path.length) return child;
  if (node.kind === "leaf") return at + node.path.length === key.length ? null : child;
  const changed = removeNode(deps, node.child, key, at + node.path.length);
  if (changed === node.child) return child;
  // A changed child is a node in memory, so that merging it shows nobody anything new.
  return joinPath(node.path, changed as TrieNode, changed as TrieNode);
}

/** A branch that has just lost a child: itself, or what its only entry left becomes. */
function collapse(deps: RemoveDeps, children: TrieChild[], { value }: BranchNode): TrieNode {
  let only = -1;
  let left = 0;
  for (let i = 0; i < 16; i++) {
    if (children[i] === null) continue;
    only = i;
    left++;
  }
  if (left === 0) return createLeaf(EMPTY_BYTES, value);
  if (left > 1 || value.length > 0) return createBranch(children, value);
  const child = children[only] as TrieNode | HashNode;
  const node = child.kind === "hash" ? deps.loader.load(child) : child;
  if (deps.recorder !== undefined && referenceOf(child).length === 32) {
    deps.recorder.node(encodeNode(node));
  }
  return joinPath(Uint8Array.of(only), child, node);
}

/** `node` reached through `prefix`: paths of leaves and extensions grow, a branch gets an extension. */
function joinPath(prefix: Uint8Array, child: TrieNode | HashNode, node: TrieNode): TrieNode {
  if (node.kind === "branch") return createExtension(prefix, child);
  const path = new Uint8Array(prefix.length + node.path.length);
  path.set(prefix);
  path.set(node.path, prefix.length);
  return node.kind === "leaf" ? createLeaf(path, node.value) : createExtension(path, node.child);
}
