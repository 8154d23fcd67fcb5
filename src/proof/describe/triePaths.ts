import { type Hash, toHex } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { G } from "../table.js";
import { decodeNode } from "../trie/decodeNode.js";
import type { TrieChild, TrieNode } from "../trie/trieNode.js";
import type { Item } from "../witness/types.js";

/** A path of a trie that a step walks. */
export interface TriePath {
  readonly trie: "accounts" | "storage" | "warmAddr" | "warmSlot" | "transient" | "created";
  readonly root: Hash;
  /** Nibbles of the hashed key as far as the nodes show them: all 64 if the walk ends in a leaf. */
  readonly key: string;
  readonly nodes: number;
}

const ROOTS: readonly (readonly [number, TriePath["trie"]])[] = [
  [G.stateRoot, "accounts"],
  [G.warmAddr, "warmAddr"],
  [G.warmSlot, "warmSlot"],
  [G.transient, "transient"],
  [G.created, "created"],
];

/** The paths that the nodes of a witness are of, in the order of walking. */
export function triePaths(items: readonly Item[], nodes: readonly Uint8Array[]): TriePath[] {
  const names = new Map<Hash, TriePath["trie"]>();
  for (const [g, trie] of ROOTS) {
    const item = items.find((other) => other.g === g);
    if (item !== undefined) names.set(toHex(item.value), trie);
  }
  const paths: Walk[] = [];
  for (const rlp of nodes) {
    const hash = keccakHex(rlp);
    const node = decodeNode(rlp, hash);
    if (paths.at(-1)?.take(hash, node) !== true) {
      paths.push(new Walk(names.get(hash) ?? "storage", hash, node));
    }
  }
  return paths.map((walk) => walk.path);
}

/** One walk from a root down. */
class Walk {
  readonly #trie: TriePath["trie"];
  readonly #root: Hash;
  /** Nodes with the nibbles above them. */
  readonly #nodes: { node: TrieNode; above: string }[];

  constructor(trie: TriePath["trie"], root: Hash, node: TrieNode) {
    this.#trie = trie;
    this.#root = root;
    this.#nodes = [{ node, above: "" }];
  }

  /** True if a node of this walk refers to the one given: the next of the path, or the other child of a delete. */
  take(hash: Hash, node: TrieNode): boolean {
    for (let at = this.#nodes.length - 1; at >= 0; at--) {
      const upper = this.#nodes[at] as { node: TrieNode; above: string };
      const below = nibblesTo(upper.node, hash);
      if (below === undefined) continue;
      this.#nodes.push({ node, above: upper.above + below });
      return true;
    }
    return false;
  }

  get path(): TriePath {
    const on = this.#nodes.filter(
      ({ above }, index) =>
        index === 0 || above.length > (this.#nodes[index - 1]?.above.length ?? 0),
    );
    const last = on.at(-1) ?? { node: undefined, above: "" };
    const rest = last.node?.kind === "leaf" ? nibbleText(last.node.path) : "";
    return {
      trie: this.#trie,
      root: this.#root,
      key: last.above + rest,
      nodes: this.#nodes.length,
    };
  }
}

/** Nibbles from a node to a child that it names by its hash, through inline nodes too. */
function nibblesTo(node: TrieChild, hash: Hash): string | undefined {
  if (node === null || node.kind === "leaf") return undefined;
  if (node.kind === "hash") return toHex(node.ref) === hash ? "" : undefined;
  if (node.kind === "extension") {
    const below = nibblesTo(node.child, hash);
    return below === undefined ? undefined : nibbleText(node.path) + below;
  }
  for (let nibble = 0; nibble < node.children.length; nibble++) {
    const below = nibblesTo(node.children[nibble] ?? null, hash);
    if (below !== undefined) return nibble.toString(16) + below;
  }
  return undefined;
}

function nibbleText(path: Uint8Array): string {
  return [...path].map((nibble) => nibble.toString(16)).join("");
}
