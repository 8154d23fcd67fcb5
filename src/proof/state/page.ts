import { keccak256 } from "../../util/keccak.js";
import { ZERO_NODES } from "./zeroNodes.js";

/** Bytes of a page. */
export const PAGE_BYTES = 4096;
/** Levels of the tree below a page's root. */
export const PAGE_DEPTH = 7;
const PAGE_WORDS = 128;

/** Inner nodes of a page of zeros: node i of the heap at 32 i, root 1. */
const ZERO_HEAP = zeroHeap();

function zeroHeap(): Uint8Array {
  const heap = new Uint8Array(PAGE_BYTES);
  for (let at = 1; at < PAGE_WORDS; at++) {
    const level = 31 - Math.clz32(at);
    heap.set(ZERO_NODES[PAGE_DEPTH - level] as Uint8Array, 32 * at);
  }
  return heap;
}

/**
 * 128 words and the nodes above them. Nodes are made when they are asked for, and again only over words that changed.
 * Shapes: `owner` is the byte string that may write to it; all others copy it first.
 */
export class Page {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly owner: object;
  #heap: Uint8Array | undefined;
  /** Words from here to `#dirtyTo` have changed since the nodes were made. */
  #dirtyFrom = PAGE_WORDS;
  #dirtyTo = -1;

  constructor(owner: object, from?: Page) {
    this.owner = owner;
    this.bytes = from === undefined ? new Uint8Array(PAGE_BYTES) : from.bytes.slice();
    this.view = new DataView(this.bytes.buffer);
    if (from === undefined) return;
    this.#heap = from.#heap?.slice();
    this.#dirtyFrom = from.#dirtyFrom;
    this.#dirtyTo = from.#dirtyTo;
  }

  /** Says that the bytes `[from, to]` change. */
  touch(from: number, to: number): void {
    const first = from >>> 5;
    const last = to >>> 5;
    if (first < this.#dirtyFrom) this.#dirtyFrom = first;
    if (last > this.#dirtyTo) this.#dirtyTo = last;
  }

  /** A node of the page: level 0 is its root, level 7 its words. Shapes: 32 fresh bytes. */
  node(level: number, index: number): Uint8Array {
    if (level === PAGE_DEPTH) return this.bytes.slice(32 * index, 32 * index + 32);
    const heap = this.#refresh();
    const at = 32 * ((1 << level) + index);
    return heap.slice(at, at + 32);
  }

  #refresh(): Uint8Array {
    this.#heap ??= ZERO_HEAP.slice();
    const heap = this.#heap;
    if (this.#dirtyTo < 0) return heap;
    let from = this.#dirtyFrom >>> 1;
    let to = this.#dirtyTo >>> 1;
    for (let at = from; at <= to; at++) {
      heap.set(keccak256(this.bytes.subarray(64 * at, 64 * at + 64)), 32 * (64 + at));
    }
    for (let first = 32; first >= 1; first >>>= 1) {
      from >>>= 1;
      to >>>= 1;
      for (let at = first + from; at <= first + to; at++) {
        heap.set(keccak256(heap.subarray(64 * at, 64 * at + 64)), 32 * at);
      }
    }
    this.#dirtyFrom = PAGE_WORDS;
    this.#dirtyTo = -1;
    return heap;
  }
}
