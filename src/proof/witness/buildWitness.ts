import { ProofError } from "../errors.js";
import type { StateTree } from "../state/merkle.js";
import { type Frontier, type FrontierItem, frontierOf } from "./frontier.js";
import type { Access, Range, Witness } from "./types.js";

/**
 * The items that show a step's access to the state.
 * Errors: PROOF_ACCESS_CONFLICT if the step opens a subtree as words and as nodes at once, because a verifier finds only one of them.
 */
export function buildFrontier({ leaves, ranges }: Access): Frontier {
  const frontier = frontierOf(leaves);
  const inner = new Set(frontier.inner);
  for (const { g } of ranges) {
    if (inner.has(g))
      throw new ProofError("PROOF_ACCESS_CONFLICT", { g, reason: "words and nodes" });
  }
  return frontier;
}

/** The witness of a step for the state before it. Errors: PROOF_ACCESS_CONFLICT. */
export function buildWitness(pre: StateTree, access: Access): Witness {
  const { items } = buildFrontier(access);
  return {
    items: items.map((g) => ({ g, value: pre.node(g) })),
    ranges: access.ranges.map(({ g, log2 }) => rangeOf(pre, g, log2)),
    nodes: access.nodes,
    code: access.code,
    aux: access.aux,
  };
}

/** Words of a subtree without the zeros behind the last one. */
function rangeOf(tree: StateTree, g: number, log2: number): Range {
  const words: Uint8Array[] = [];
  let used = 0;
  for (let index = 0; index < 2 ** log2; index++) {
    const word = tree.node(g * 2 ** log2 + index);
    words.push(word);
    if (word.some((byte) => byte !== 0)) used = index + 1;
  }
  return { g, log2, words: words.slice(0, used) };
}

/** Items with their values before and after, and the inner nodes that the step has replaced. */
export interface TwoRoots {
  readonly items: readonly FrontierItem[];
  readonly replaced: ReadonlyMap<number, Uint8Array>;
}

/**
 * The frontier of a step with the values on both sides.
 * Errors: PROOF_UNRECORDED with the gindex of something that the step has changed without telling, PROOF_ACCESS_CONFLICT.
 */
export function bothSides(pre: StateTree, post: StateTree, access: Access): TwoRoots {
  const { items, inner } = buildFrontier(access);
  const replaced = new Map(inner.map((g) => [g, post.node(g)]));
  const values = items.map((g) => {
    const before = pre.node(g);
    if (access.leaves.has(g)) return { g, pre: before, post: post.node(g) };
    if (isBelow(g, replaced)) return { g, pre: before, post: before };
    const changed = firstChange(pre, post, g);
    if (changed !== undefined) throw new ProofError("PROOF_UNRECORDED", { g: changed });
    return { g, pre: before, post: before };
  });
  return { items: values, replaced };
}

function isBelow(g: number, nodes: ReadonlyMap<number, unknown>): boolean {
  for (let up = Math.floor(g / 2); up >= 1; up = Math.floor(up / 2)) if (nodes.has(up)) return true;
  return false;
}

/** The leftmost deepest node at or below `g` that differs; undefined if none does. */
export function firstChange(pre: StateTree, post: StateTree, g: number): number | undefined {
  if (Buffer.from(pre.node(g)).equals(post.node(g))) return undefined;
  if (!pre.isInner(g)) return g;
  return firstChange(pre, post, 2 * g) ?? firstChange(pre, post, 2 * g + 1);
}
