import { keccak256 } from "../../util/keccak.js";
import { EngineError } from "../errors.js";
import { asBytes, asList, decodeRlp, encodeRlp, joinRlpList, type RlpItem } from "./rlp.js";

/**
 * A node of a Merkle Patricia trie. Nodes are never changed once made, apart from the memo `reference`
 * and from children being replaced by their hashes, so they can be shared between tries.
 */
export type TrieNode = LeafNode | ExtensionNode | BranchNode;

/** `path` and other nibble strings: one nibble per byte. */
export interface LeafNode {
  kind: "leaf";
  path: Uint8Array;
  value: Uint8Array;
  reference: Uint8Array | null;
}
/** Shared part of the paths below it; `child` may be the hash of a stored node. */
export interface ExtensionNode {
  kind: "extension";
  path: Uint8Array;
  child: TrieNode | Uint8Array;
  reference: Uint8Array | null;
}
/** Branches carry no value here: in all our tries no key is a prefix of another. */
export interface BranchNode {
  kind: "branch";
  children: TrieChild[];
  reference: Uint8Array | null;
}

/** Nothing, the hash of a stored node, or a node in memory. */
export type TrieChild = TrieNode | Uint8Array | null;

export const isHash = (child: TrieChild): child is Uint8Array => child instanceof Uint8Array;

/** Bytes to nibbles. */
export function toNibbles(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(key.length * 2);
  for (let i = 0; i < key.length; i++) {
    const byte = key[i] as number;
    out[2 * i] = byte >> 4;
    out[2 * i + 1] = byte & 15;
  }
  return out;
}

function packPath(path: Uint8Array, isLeaf: boolean): Uint8Array {
  const odd = path.length % 2;
  const out = new Uint8Array((path.length >> 1) + 1);
  out[0] = ((isLeaf ? 2 : 0) + odd) << 4;
  if (odd) out[0] |= path[0] as number;
  for (let i = odd, at = 1; i < path.length; i += 2, at++) {
    out[at] = ((path[i] as number) << 4) | (path[i + 1] as number);
  }
  return out;
}

function unpackPath(packed: Uint8Array): { path: Uint8Array; isLeaf: boolean } {
  const nibbles = toNibbles(packed);
  const flag = nibbles[0] as number;
  return { path: nibbles.subarray(flag & 1 ? 1 : 2), isLeaf: (flag & 2) !== 0 };
}

const EMPTY_STRING = Uint8Array.of(0x80);

function encodeReference(reference: Uint8Array | null): Uint8Array {
  if (reference === null) return EMPTY_STRING;
  return reference.length === 32 ? encodeRlp(reference) : reference;
}

/** How a parent names a child: 32 bytes of hash, or the child's own RLP if that is shorter. */
export function referenceOf(
  child: TrieChild,
  onStored: (hash: Uint8Array, rlp: Uint8Array, node: TrieNode) => void,
): Uint8Array | null {
  if (child === null || isHash(child)) return child;
  if (child.reference !== null) return child.reference;
  const rlp = encodeNode(child, onStored);
  if (rlp.length < 32) child.reference = rlp;
  else {
    child.reference = keccak256(rlp);
    onStored(child.reference, rlp, child);
  }
  return child.reference;
}

/** RLP of a node; children that are new are reported to `onStored` first. */
export function encodeNode(
  node: TrieNode,
  onStored: (hash: Uint8Array, rlp: Uint8Array, node: TrieNode) => void,
): Uint8Array {
  if (node.kind === "leaf") return encodeRlp([packPath(node.path, true), node.value]);
  if (node.kind === "extension") {
    const reference = referenceOf(node.child, onStored);
    if (reference?.length === 32) node.child = reference;
    return joinRlpList([encodeRlp(packPath(node.path, false)), encodeReference(reference)]);
  }
  const references: (Uint8Array | null)[] = [];
  // The 17th item is the value, which is empty.
  let payload = 1;
  for (let i = 0; i < 16; i++) {
    const reference = referenceOf(node.children[i] as TrieChild, onStored);
    // Stored children are kept by hash only, so that a node does not hold its whole subtree in memory.
    if (reference?.length === 32) node.children[i] = reference;
    references.push(reference);
    payload += reference === null ? 1 : reference.length === 32 ? 33 : reference.length;
  }
  return joinReferences(references, payload);
}

/** RLP of a branch in one piece: most of what a block hashes are branches. */
function joinReferences(references: readonly (Uint8Array | null)[], payload: number): Uint8Array {
  const head = payload < 56 ? 1 : payload < 0x100 ? 2 : 3;
  const out = new Uint8Array(head + payload);
  if (head === 1) out[0] = 0xc0 + payload;
  else if (head === 2) {
    out[0] = 0xf8;
    out[1] = payload;
  } else {
    out[0] = 0xf9;
    out[1] = payload >> 8;
    out[2] = payload & 0xff;
  }
  let at = head;
  for (const reference of references) {
    if (reference === null) {
      out[at++] = 0x80;
      continue;
    }
    if (reference.length === 32) out[at++] = 0xa0;
    out.set(reference, at);
    at += reference.length;
  }
  out[at] = 0x80;
  return out;
}

function childFromItem(item: RlpItem): TrieChild {
  if (Array.isArray(item)) return nodeFromItem(item);
  const bytes = item as Uint8Array;
  return bytes.length === 0 ? null : asBytes(bytes, 32);
}

function nodeFromItem(item: RlpItem): TrieNode {
  const items = asList(item);
  if (items.length === 17) {
    return { kind: "branch", children: items.slice(0, 16).map(childFromItem), reference: null };
  }
  if (items.length !== 2)
    throw new EngineError("ENGINE_BAD_ENCODING", { reason: "not a trie node" });
  const { path, isLeaf } = unpackPath(asBytes(items[0]));
  if (isLeaf) return { kind: "leaf", path, value: asBytes(items[1]), reference: null };
  const child = childFromItem(items[1] as RlpItem);
  if (child === null)
    throw new EngineError("ENGINE_BAD_ENCODING", { reason: "extension to nothing" });
  return { kind: "extension", path, child, reference: null };
}

/** A stored node from its RLP; `hash` becomes its reference. */
export function decodeNode(hash: Uint8Array, rlp: Uint8Array): TrieNode {
  const node = nodeFromItem(decodeRlp(rlp));
  node.reference = hash;
  return node;
}
