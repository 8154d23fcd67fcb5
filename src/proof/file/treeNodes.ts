import { type Hash, toHex } from "../../util/hex.js";
import { ProofError } from "../errors.js";
import { hashPair, zeroNode } from "../state/zeroNodes.js";
import type { Item, Range } from "../witness/types.js";

/** Depth of the deepest subtree that gindices reach. */
const DEPTH_MAX = 31;

/** Children by the node's hash. */
export type NodeMap = Map<Hash, readonly [Hash, Hash]>;

const zeros = new Map<Hash, readonly [Hash, Hash]>();
for (let depth = 1; depth <= DEPTH_MAX; depth++) {
  const below = toHex(zeroNode(depth - 1));
  zeros.set(toHex(zeroNode(depth)), [below, below]);
}

/** Children of a subtree of zeros, which every reader knows. */
export function zeroChildren(hash: Hash): readonly [Hash, Hash] | undefined {
  return zeros.get(hash);
}

function join(nodes: NodeMap, left: Uint8Array, right: Uint8Array): Uint8Array {
  const node = hashPair(left, right);
  const hash = toHex(node);
  if (!zeros.has(hash) && !nodes.has(hash)) nodes.set(hash, [toHex(left), toHex(right)]);
  return node;
}

/** Adds the nodes above a witness's items. Returns the root. Errors: PROOF_BAD_WITNESS if the items do not tile the tree. */
export function addItems(nodes: NodeMap, items: readonly Item[]): Uint8Array {
  const stack: Item[] = [];
  for (const item of items) {
    let { g, value } = item;
    while (g % 2 === 1 && g > 1) {
      const left = stack.pop();
      if (left?.g !== g - 1) throw broken(g);
      value = join(nodes, left.value, value);
      g = (g - 1) / 2;
    }
    stack.push({ g, value });
  }
  const root = stack[0];
  if (stack.length !== 1 || root?.g !== 1) throw broken(stack.at(-1)?.g ?? 0);
  return root.value;
}

/** Adds the nodes between an item and its words. */
export function addRange(nodes: NodeMap, { log2, words }: Range): void {
  let level: readonly Uint8Array[] = words;
  for (let depth = 0; depth < log2; depth++) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const right = level[at + 1] ?? zeroNode(depth);
      above.push(join(nodes, level[at] as Uint8Array, right));
    }
    level = above;
  }
}

function broken(g: number): Error {
  return new ProofError("PROOF_BAD_WITNESS", { place: "items", g, reason: "no tiling" });
}
