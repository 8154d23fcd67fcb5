import { decodeRlp, encodeRlp, type RlpItem } from "../../engine/state/rlp.js";
import { hasCode } from "../../util/errors.js";
import { EMPTY_BYTES, type Hash } from "../../util/hex.js";
import { ProofError } from "../errors.js";
import {
  createBranch,
  createExtension,
  createHashNode,
  createLeaf,
  type HashNode,
  type TrieChild,
  type TrieNode,
  toNibbles,
} from "./trieNode.js";

/**
 * A node from its RLP. Total: any bytes give a node or the one error; strict: encoding the node gives the same bytes again.
 * Refused are also a branch with fewer than two entries, an extension without path or onto an inline node that is no branch,
 * a leaf without value, and an inline node of 32 bytes or more.
 *
 * Shapes: the node keeps views into `rlp`. Errors: PROOF_BAD_NODE.
 */
export function decodeNode(rlp: Uint8Array, hash: Hash): TrieNode {
  const refuse: Refuse = (reason, cause) => {
    throw new ProofError("PROOF_BAD_NODE", { hash, reason }, cause);
  };
  return nodeFromItem(parse(rlp, refuse), refuse);
}

type Refuse = (reason: string, cause?: unknown) => never;

function parse(rlp: Uint8Array, refuse: Refuse): RlpItem {
  try {
    return decodeRlp(rlp);
  } catch (cause) {
    if (!hasCode(cause, "ENGINE_BAD_ENCODING")) throw cause;
    return refuse("not canonical RLP", cause);
  }
}

const isBytes = (item: RlpItem): item is Uint8Array => !Array.isArray(item);

function nodeFromItem(item: RlpItem, refuse: Refuse): TrieNode {
  if (isBytes(item)) return refuse("not a list");
  if (item.length === 17) return branchFromItems(item, refuse);
  if (item.length !== 2) return refuse("neither 2 nor 17 items");
  const [packed, tail] = item as [RlpItem, RlpItem];
  if (!isBytes(packed)) return refuse("the path is a list");
  const { path, isLeaf } = unpackPath(packed, refuse);
  if (isLeaf) {
    if (!isBytes(tail)) return refuse("a leaf's value is a list");
    if (tail.length === 0) return refuse("a leaf without value");
    return createLeaf(path, tail);
  }
  if (path.length === 0) return refuse("an extension without path");
  const child = childFromItem(tail, refuse);
  if (child === null) return refuse("an extension to nothing");
  if (child.kind === "leaf" || child.kind === "extension") {
    return refuse("an extension to an inline node that is no branch");
  }
  return createExtension(path, child);
}

function branchFromItems(items: readonly RlpItem[], refuse: Refuse): TrieNode {
  const value = items[16] as RlpItem;
  if (!isBytes(value)) return refuse("a branch's value is a list");
  const children: TrieChild[] = [];
  let entries = value.length === 0 ? 0 : 1;
  for (let i = 0; i < 16; i++) {
    const child = childFromItem(items[i] as RlpItem, refuse);
    if (child !== null) entries++;
    children.push(child);
  }
  if (entries < 2) return refuse("a branch with fewer than two entries");
  return createBranch(children, value.length === 0 ? EMPTY_BYTES : value);
}

function childFromItem(item: RlpItem, refuse: Refuse): TrieNode | HashNode | null {
  if (isBytes(item)) {
    if (item.length === 0) return null;
    return item.length === 32 ? createHashNode(item) : refuse("a reference that is no hash");
  }
  const node = nodeFromItem(item, refuse);
  node.ref = encodeRlp(item);
  if (node.ref.length >= 32) return refuse("an inline node of 32 bytes or more");
  return node;
}

function unpackPath(packed: Uint8Array, refuse: Refuse): { path: Uint8Array; isLeaf: boolean } {
  const first = packed[0];
  if (first === undefined) return refuse("an empty path");
  if (first >= 0x40) return refuse("unknown path flags");
  const isOdd = (first & 0x10) !== 0;
  if (!isOdd && (first & 0x0f) !== 0) return refuse("a path padded with other than zero");
  return { path: toNibbles(packed).subarray(isOdd ? 1 : 2), isLeaf: (first & 0x20) !== 0 };
}
