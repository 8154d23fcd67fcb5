import { EMPTY_TRIE_ROOT, type NodeSource } from "./trie.js";
import { isHash, type TrieChild, type TrieNode } from "./trieNode.js";

/** An entry that two tries do not share. Undefined: the trie has none under that key. */
export interface TrieDifference {
  key: Uint8Array;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
}

/** A place in a trie: below `child`, after so many nibbles of the path of a leaf or extension. */
interface Place {
  child: TrieChild;
  passed: number;
}

const NOWHERE: Place = { child: null, passed: 0 };
const KEY_NIBBLES = 64;

/** Hashes that differ do so in their first byte already, mostly: a native comparison would take longer. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isSame(a: TrieChild, b: TrieChild): boolean {
  return a === b || (a !== null && b !== null && isHash(a) && isHash(b) && equalBytes(a, b));
}

/** The place that a nibble leads to. */
function follow(node: TrieNode | null, passed: number, nibble: number): Place {
  if (node === null) return NOWHERE;
  if (node.kind === "branch") {
    const child = node.children[nibble] as TrieChild;
    return child === null ? NOWHERE : { child, passed: 0 };
  }
  if (node.path[passed] !== nibble) return NOWHERE;
  if (node.kind === "extension" && passed + 1 === node.path.length) {
    return { child: node.child, passed: 0 };
  }
  return { child: node, passed: passed + 1 };
}

const isEntry = (node: TrieNode | null): boolean => node === null || node.kind === "leaf";

function fromNibbles(nibbles: Uint8Array): Uint8Array {
  const out = new Uint8Array(nibbles.length / 2);
  for (let i = 0; i < out.length; i++) {
    out[i] = ((nibbles[2 * i] as number) << 4) | (nibbles[2 * i + 1] as number);
  }
  return out;
}

/** One walk over two tries, side by side. */
class Walk {
  readonly #source: NodeSource;
  /** Nibbles from the roots to where the walk is. */
  readonly #path = new Uint8Array(KEY_NIBBLES);

  constructor(source: NodeSource) {
    this.#source = source;
  }

  *compare(left: Place, right: Place, depth: number): Generator<TrieDifference> {
    if (left.passed === 0 && right.passed === 0 && isSame(left.child, right.child)) return;
    const [before, after] = [this.#resolve(left.child), this.#resolve(right.child)];
    if (isEntry(before) && isEntry(after)) {
      yield* this.#entries(before, left.passed, after, right.passed, depth);
      return;
    }
    const areBranches = before?.kind === "branch" && after?.kind === "branch";
    for (let nibble = 0; nibble < 16; nibble++) {
      // What most children of two states share is found without going there.
      if (areBranches && isSame(before.children[nibble] ?? null, after.children[nibble] ?? null)) {
        continue;
      }
      const from = follow(before, left.passed, nibble);
      const to = follow(after, right.passed, nibble);
      if (from === NOWHERE && to === NOWHERE) continue;
      this.#path[depth] = nibble;
      yield* this.compare(from, to, depth + 1);
    }
  }

  *#entries(
    before: TrieNode | null,
    passedBefore: number,
    after: TrieNode | null,
    passedAfter: number,
    depth: number,
  ): Generator<TrieDifference> {
    const left = this.#entry(before, passedBefore, depth);
    const right = this.#entry(after, passedAfter, depth);
    if (left && right && equalBytes(left.key, right.key)) {
      if (equalBytes(left.value, right.value)) return;
      yield { key: left.key, before: left.value, after: right.value };
      return;
    }
    if (left) yield { key: left.key, before: left.value, after: undefined };
    if (right) yield { key: right.key, before: undefined, after: right.value };
  }

  #entry(
    node: TrieNode | null,
    passed: number,
    depth: number,
  ): { key: Uint8Array; value: Uint8Array } | undefined {
    if (node?.kind !== "leaf") return undefined;
    this.#path.set(node.path.subarray(passed), depth);
    return { key: fromNibbles(this.#path), value: node.value };
  }

  #resolve(child: TrieChild): TrieNode | null {
    return child !== null && isHash(child) ? this.#source.loadNode(child) : child;
  }
}

/**
 * Entries in which two tries with keys of 32 bytes differ, in no certain order. Costs what differs, not what there is: a subtree that
 * both share is not entered. Errors: those of the source.
 */
export function diffTries(
  source: NodeSource,
  before: Uint8Array,
  after: Uint8Array,
): Generator<TrieDifference> {
  const place = (root: Uint8Array): Place =>
    equalBytes(root, EMPTY_TRIE_ROOT) ? NOWHERE : { child: root, passed: 0 };
  return new Walk(source).compare(place(before), place(after), 0);
}
