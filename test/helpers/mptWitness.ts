import { BranchMPTNode, LeafMPTNode, type MerklePatriciaTrie } from "@ethereumjs/mpt";

const HASH_BYTES = 32;

/**
 * The nodes that a step shows to look `key` up: from the root down, those that are referenced by hash.
 * Source: docs/protocol/machine.md, "Witness".
 */
export async function pathNodes(trie: MerklePatriciaTrie, key: Uint8Array): Promise<Uint8Array[]> {
  const { stack } = await trie.findPath(key);
  return stack
    .map((node) => node.serialize())
    .filter((rlp, i) => i === 0 || rlp.length >= HASH_BYTES);
}

/** The one more node that deleting `key` shows: the child by hash with which its branch would be left alone. */
export async function collapseNodes(
  trie: MerklePatriciaTrie,
  key: Uint8Array,
): Promise<Uint8Array[]> {
  const { node, remaining, stack } = await trie.findPath(key);
  const branch = stack.at(-2);
  if (!(node instanceof LeafMPTNode) || remaining.length > 0) return [];
  if (!(branch instanceof BranchMPTNode)) return [];
  const children = branch.getChildren();
  if (children.length !== 2) return [];
  const depth = 2 * key.length - node.key().length - 1;
  const byte = key[depth >> 1] ?? 0;
  const nibble = depth % 2 === 0 ? byte >> 4 : byte & 15;
  const other = children.find(([index]) => index !== nibble)?.[1];
  return other instanceof Uint8Array ? [(await trie.lookupNode(other)).serialize()] : [];
}
