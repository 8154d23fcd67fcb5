import type { Hash } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { ProofError } from "../errors.js";
import type { NodeSource } from "./nodeLoader.js";
import type { TrieRecorder } from "./trieRecorder.js";

/** Nodes in memory by their hash: collects what is recorded, and is a source of exactly that. */
export class NodeSet implements NodeSource {
  readonly #nodes = new Map<Hash, Uint8Array>();
  /** Adds each node that it is given. */
  readonly recorder: TrieRecorder = { node: (rlp) => this.add(rlp) };

  constructor(nodes: Iterable<Uint8Array> = []) {
    for (const rlp of nodes) this.add(rlp);
  }

  /** Adds a node under its hash. */
  add(rlp: Uint8Array): void {
    this.#nodes.set(keccakHex(rlp), rlp);
  }

  /** Errors: PROOF_NODE_MISSING. */
  node(hash: Hash): Uint8Array {
    const rlp = this.#nodes.get(hash);
    if (rlp === undefined) throw new ProofError("PROOF_NODE_MISSING", { hash });
    return rlp;
  }

  get size(): number {
    return this.#nodes.size;
  }
}
