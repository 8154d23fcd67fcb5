import { keccak256 } from "../../util/keccak.js";
import type { HashNode, TrieNode } from "./trieNode.js";

// One buffer for all encodings: it is read (hashed or copied) before the next node is written.
let scratch = new Uint8Array(1_024);

/** How a parent names this node: 32 bytes of hash, or the node's own RLP if that is shorter. Hashes what is not hashed yet. */
export function referenceOf(node: TrieNode | HashNode): Uint8Array {
  if (node.kind === "hash" || node.ref !== null) return node.ref as Uint8Array;
  const rlp = writeNode(node);
  node.ref = rlp.length < 32 ? rlp.slice() : keccak256(rlp);
  return node.ref;
}

/**
 * RLP of a node.
 * Shapes: returns fresh bytes. Source: Ethereum Yellow Paper, appendices B to D.
 */
export function encodeNode(node: TrieNode): Uint8Array {
  return writeNode(node).slice();
}

/** Writes a node into the buffer and returns the part that it fills. */
function writeNode(node: TrieNode): Uint8Array {
  if (node.kind === "branch") return writeBranch(node.children, node.value);
  const packedLength = (node.path.length >> 1) + 1;
  const isLeaf = node.kind === "leaf";
  const tail = isLeaf ? node.value : referenceOf(node.child);
  const tailSize = isLeaf ? sizeOfString(tail) : sizeOfReference(tail);
  // A packed path of one byte is below 0x80, so it needs no head.
  const payload = (packedLength === 1 ? 1 : headSize(packedLength) + packedLength) + tailSize;
  reserve(payload);
  let at = writeHead(0, payload, 0xc0);
  if (packedLength > 1) at = writeHead(at, packedLength, 0x80);
  at = writePath(at, node.path, isLeaf);
  at = isLeaf ? writeString(at, tail) : writeReference(at, tail);
  return scratch.subarray(0, at);
}

function writeBranch(
  children: readonly (TrieNode | HashNode | null)[],
  value: Uint8Array,
): Uint8Array {
  let payload = sizeOfString(value);
  // All references first: making one uses the buffer.
  for (const child of children) payload += child === null ? 1 : sizeOfReference(referenceOf(child));
  reserve(payload);
  let at = writeHead(0, payload, 0xc0);
  for (const child of children) {
    if (child === null) scratch[at++] = 0x80;
    else at = writeReference(at, child.ref as Uint8Array);
  }
  return scratch.subarray(0, writeString(at, value));
}

function reserve(payload: number): void {
  if (payload + 8 > scratch.length) scratch = new Uint8Array(2 * payload + 8);
}

function headSize(length: number): number {
  if (length < 56) return 1;
  return length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5;
}

function sizeOfString(bytes: Uint8Array): number {
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return 1;
  return headSize(bytes.length) + bytes.length;
}

/** An inline node stands in its parent as the list that it is. */
function sizeOfReference(ref: Uint8Array): number {
  return ref.length === 32 ? 33 : ref.length;
}

function writeHead(at: number, length: number, offset: number): number {
  if (length < 56) {
    scratch[at] = offset + length;
    return at + 1;
  }
  const bytes = headSize(length) - 1;
  scratch[at] = offset + 55 + bytes;
  for (let i = 0; i < bytes; i++) scratch[at + 1 + i] = (length >>> (8 * (bytes - 1 - i))) & 0xff;
  return at + 1 + bytes;
}

function writeString(at: number, bytes: Uint8Array): number {
  const isOwnHead = bytes.length === 1 && (bytes[0] as number) < 0x80;
  const start = isOwnHead ? at : writeHead(at, bytes.length, 0x80);
  scratch.set(bytes, start);
  return start + bytes.length;
}

function writeReference(at: number, ref: Uint8Array): number {
  let start = at;
  if (ref.length === 32) scratch[start++] = 0xa0;
  scratch.set(ref, start);
  return start + ref.length;
}

/** Hex prefix encoding: flags (2 leaf, 1 odd) in the first nibble. */
function writePath(at: number, path: Uint8Array, isLeaf: boolean): number {
  const odd = path.length & 1;
  scratch[at] = (((isLeaf ? 2 : 0) | odd) << 4) | (odd ? (path[0] as number) : 0);
  let end = at + 1;
  for (let i = odd; i < path.length; i += 2) {
    scratch[end++] = ((path[i] as number) << 4) | (path[i + 1] as number);
  }
  return end;
}
