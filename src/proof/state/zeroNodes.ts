import { keccak256 } from "../../util/keccak.js";

const PAIR = new Uint8Array(64);

/** Hash of an inner node of the state tree. Shapes: 32 bytes each. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  PAIR.set(left, 0);
  PAIR.set(right, 32);
  return keccak256(PAIR);
}

/** Roots of subtrees of zero words, by depth 0..31. Shapes: never changed. Source: docs/protocol/machine.md#principles */
export const ZERO_NODES: readonly Uint8Array[] = zeroNodes();

function zeroNodes(): Uint8Array[] {
  const nodes: Uint8Array[] = [new Uint8Array(32)];
  for (let depth = 1; depth < 32; depth++) {
    const below = nodes[depth - 1] as Uint8Array;
    nodes.push(hashPair(below, below));
  }
  return nodes;
}

/** Root of a subtree of 2^depth zero words. */
export function zeroNode(depth: number): Uint8Array {
  return ZERO_NODES[depth] as Uint8Array;
}
