import { DEPTH, G } from "../table.js";
import {
  blkContainer,
  type Child,
  type Container,
  chainContainer,
  frameContainer,
  histContainer,
  type RootsOf,
  revContainer,
  txContainer,
  workContainer,
} from "./leaves.js";
import type { Frame, MachineState, Rev } from "./types.js";
import { leafBytes, type Subtree, Vector } from "./vector.js";
import { CTL_WORD } from "./words.js";
import { hashPair, zeroNode } from "./zeroNodes.js";

const frozenFrames = new WeakMap<Frame, Uint8Array>();
const revs = new WeakMap<Rev, Uint8Array>();
const hists = new WeakMap<object, Uint8Array>();

/** Frames below the running one and every `rev` are never changed, so their roots are kept. */
const ROOTS_OF: RootsOf = {
  frame: (frame) => kept(frozenFrames, frame, () => containerRoot(frameContainer(frame, ROOTS_OF))),
  rev: revRoot,
};

function kept<K extends object>(
  cache: WeakMap<K, Uint8Array>,
  key: K,
  make: () => Uint8Array,
): Uint8Array {
  let root = cache.get(key);
  if (root === undefined) {
    root = make();
    cache.set(key, root);
  }
  return root;
}

/** Root of a `rev` container. Shapes: 32 bytes, not to be changed. */
export function revRoot(rev: Rev): Uint8Array {
  return kept(revs, rev, () => containerRoot(revContainer(rev)));
}

/** Root of a frame as a caller's, which is not changed from now on. Shapes: 32 bytes, not to be changed. */
export function frozenFrameRoot(frame: Frame): Uint8Array {
  return ROOTS_OF.frame(frame);
}

/** Root of a container. Shapes: 32 bytes. */
export function containerRoot(container: Container): Uint8Array {
  return containerNode(container, 0, 0);
}

function isSubtree(child: Child): child is Subtree {
  return typeof child === "object" && !(child instanceof Uint8Array);
}

function childRoot(child: Child): Uint8Array {
  if (child === undefined) return zeroNode(0);
  return isSubtree(child) ? child.node(0, 0) : leafBytes(child);
}

/** A node of a container or below it; level 0 is its root. */
function containerNode(container: Container, level: number, index: number): Uint8Array {
  const { depth, children } = container;
  if (level < depth) {
    return hashPair(
      containerNode(container, level + 1, 2 * index),
      containerNode(container, level + 1, 2 * index + 1),
    );
  }
  const inChild = level - depth;
  const below = index % 2 ** inChild;
  const child = children[(index - below) / 2 ** inChild];
  if (inChild === 0) return childRoot(child);
  if (!isSubtree(child) || inChild > child.depth) throw new RangeError("below a leaf");
  return child.node(inChild, below);
}

/**
 * The state as a binary tree whose nodes are hashed when they are asked for. The state must not change while it is used.
 * Source: docs/protocol/machine.md#state
 */
export class StateTree {
  readonly #s: MachineState;
  readonly #containers: (Container | undefined)[] = [];
  /** Nodes at and above the containers. */
  readonly #top = new Map<number, Uint8Array>();

  constructor(s: MachineState) {
    this.#s = s;
  }

  /** Any node by its gindex. Shapes: 32 bytes, not to be changed. Errors: RangeError below a leaf. */
  node(g: number): Uint8Array {
    const level = 31 - Math.clz32(g);
    if (level > 3) {
      const index = g % 2 ** (level - 3);
      return containerNode(this.#container((g - index) / 2 ** (level - 3)), level - 3, index);
    }
    return kept2(this.#top, g, () =>
      level < 3 ? hashPair(this.node(2 * g), this.node(2 * g + 1)) : this.#containerRoot(g),
    );
  }

  /** True if the tree goes on below a node. */
  isInner(g: number): boolean {
    const level = 31 - Math.clz32(g);
    if (level < 3) return true;
    const inContainer = level - 3;
    const index = g % 2 ** inContainer;
    const top = (g - index) / 2 ** inContainer;
    if (top === G.ctl) return false;
    const { depth, children } = this.#container(top);
    if (inContainer < depth) return true;
    const inChild = inContainer - depth;
    const child = children[(index - (index % 2 ** inChild)) / 2 ** inChild];
    return isSubtree(child) && inChild < child.depth;
  }

  #containerRoot(g: number): Uint8Array {
    if (g === G.ctl) return leafBytes(CTL_WORD.pack(this.#s.ctl));
    if (g === G.rev) return revRoot(this.#s.rev);
    if (g === G.hist)
      return kept(hists, this.#s.hist, () => new Vector(DEPTH.hist, this.#s.hist).node(0, 0));
    return containerRoot(this.#container(g));
  }

  #container(g: number): Container {
    this.#containers[g] ??= makeContainer(this.#s, g);
    return this.#containers[g] as Container;
  }
}

function kept2(cache: Map<number, Uint8Array>, g: number, make: () => Uint8Array): Uint8Array {
  let node = cache.get(g);
  if (node === undefined) {
    node = make();
    cache.set(g, node);
  }
  return node;
}

function makeContainer(s: MachineState, g: number): Container {
  if (g === G.frame) return frameContainer(s.frame, ROOTS_OF);
  if (g === G.rev) return revContainer(s.rev);
  if (g === G.tx) return txContainer(s.tx);
  if (g === G.blk) return blkContainer(s.blk);
  if (g === G.chain) return chainContainer(s.chain);
  if (g === G.work) return workContainer(s.work, ROOTS_OF);
  if (g === G.hist) return histContainer(s);
  throw new RangeError("below a leaf");
}

/** Root of the whole state. Shapes: 32 bytes. */
export function rootOf(s: MachineState): Uint8Array {
  return new StateTree(s).node(1);
}

/** One node of the state by its gindex; for several of the same state use a StateTree. Errors: RangeError below a leaf. */
export function nodeAt(s: MachineState, g: number): Uint8Array {
  return new StateTree(s).node(g);
}
