import { EMPTY_BYTES } from "../../util/hex.js";
import { ProofError } from "../errors.js";
import type { NodeLoader } from "./nodeLoader.js";
import {
  createBranch,
  createExtension,
  createLeaf,
  type ExtensionNode,
  type HashNode,
  type LeafNode,
  sharedLength,
  type TrieChild,
  type TrieNode,
} from "./trieNode.js";

/**
 * The subtree `child` with the key's rest (nibbles from `at` on) leading to `value`.
 * Shapes: returns `child` itself if that changes nothing. Errors: PROOF_BAD_KEY, those of the loader.
 */
export function insertNode(
  loader: NodeLoader,
  child: TrieChild,
  key: Uint8Array,
  at: number,
  value: Uint8Array,
): TrieNode | HashNode {
  if (child === null) return createLeaf(key.subarray(at), value.slice());
  const node = child.kind === "hash" ? loader.load(child) : child;
  if (node.kind === "branch") {
    if (at === key.length) return refuseKey(key);
    const index = key[at] as number;
    const old = node.children[index] as TrieChild;
    const changed = insertNode(loader, old, key, at + 1, value);
    if (changed === old) return child;
    const children = node.children.slice();
    children[index] = changed;
    return createBranch(children, node.value);
  }
  const shared = sharedLength(node.path, key, at);
  if (shared < node.path.length) return split(node, shared, key, at, value);
  if (node.kind === "extension") {
    const changed = insertNode(loader, node.child, key, at + shared, value);
    return changed === node.child ? child : createExtension(node.path, changed);
  }
  if (at + shared !== key.length) return refuseKey(key);
  return equals(node.value, value) ? child : createLeaf(node.path, value.slice());
}

/** Puts a branch where the key leaves a node's path. */
function split(
  node: LeafNode | ExtensionNode,
  shared: number,
  key: Uint8Array,
  at: number,
  value: Uint8Array,
): TrieNode {
  if (at + shared === key.length) return refuseKey(key);
  const children: TrieChild[] = new Array(16).fill(null);
  const rest = node.path.subarray(shared + 1);
  children[node.path[shared] as number] =
    node.kind === "leaf"
      ? createLeaf(rest, node.value)
      : rest.length === 0
        ? node.child
        : createExtension(rest, node.child);
  children[key[at + shared] as number] = createLeaf(key.subarray(at + shared + 1), value.slice());
  const branch = createBranch(children, EMPTY_BYTES);
  return shared === 0 ? branch : createExtension(node.path.subarray(0, shared), branch);
}

function refuseKey(key: Uint8Array): never {
  throw new ProofError("PROOF_BAD_KEY", { nibbles: Buffer.from(key).toString("hex") });
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
