import { ProofError } from "../errors.js";
import { hashPair } from "../state/zeroNodes.js";

/** Gindices that tile the tree, and the nodes among the touched ones that lie above others. */
export interface Frontier {
  /** From left to right. */
  readonly items: readonly number[];
  /** Touched nodes with touched nodes below them: they are replaced as a whole, or read through what is below. */
  readonly inner: readonly number[];
}

const parentOf = (g: number): number => Math.floor(g / 2);

/** The tiling that shows every touched node, or what is touched below it. Shapes: gindices below 2^32. */
export function frontierOf(touched: ReadonlySet<number>): Frontier {
  const opened = new Set<number>();
  for (const g of touched) {
    for (let up = parentOf(g); up >= 1 && !opened.has(up); up = parentOf(up)) opened.add(up);
  }
  const items: number[] = [];
  const waiting = [1];
  for (let g = waiting.pop(); g !== undefined; g = waiting.pop()) {
    if (opened.has(g)) waiting.push(2 * g + 1, 2 * g);
    else items.push(g);
  }
  return { items, inner: [...touched].filter((g) => opened.has(g)) };
}

/** A node before and after a step. */
export interface FrontierItem {
  readonly g: number;
  readonly pre: Uint8Array;
  readonly post: Uint8Array;
}

/**
 * Folds a tiling into the roots before and after a step in one pass with a stack, as the contracts do.
 * `replaced` are inner nodes that are something else after the step, whatever is below them.
 * Errors: PROOF_BAD_WITNESS with the place of the item that does not fit, or of the replaced node that was not met.
 */
export function verifyFrontier(
  items: readonly FrontierItem[],
  replaced: ReadonlyMap<number, Uint8Array> = new Map(),
): { pre: Uint8Array; post: Uint8Array } {
  const stack: FrontierItem[] = [];
  let met = 0;
  items.forEach((item, index) => {
    let node = item;
    while (node.g % 2 === 1 && node.g > 1) {
      const left = stack.pop();
      if (left === undefined || left.g !== node.g - 1) throw broken(index, node.g);
      const g = parentOf(node.g);
      const pre = hashPair(left.pre, node.pre);
      const other = replaced.get(g);
      if (other !== undefined) met++;
      node = { g, pre, post: other ?? hashPair(left.post, node.post) };
    }
    stack.push(node);
  });
  const root = stack[0];
  if (stack.length !== 1 || root === undefined || root.g !== 1) {
    throw broken(items.length, stack.at(-1)?.g ?? 0);
  }
  if (met !== replaced.size) {
    throw new ProofError("PROOF_BAD_WITNESS", { place: "replaced", reason: "not an inner node" });
  }
  return { pre: root.pre, post: root.post };
}

function broken(index: number, g: number): Error {
  const reason = "the items do not tile the tree";
  return new ProofError("PROOF_BAD_WITNESS", { place: `items[${index}].gindex`, g, reason });
}
