import { EMPTY_BYTES, fromHex, type Hash, type Hex } from "../../util/hex.js";
import { ProofError } from "../errors.js";
import { frontierOf } from "../witness/frontier.js";
import { packWitness } from "../witness/packWitness.js";
import type { Range, Witness } from "../witness/types.js";
import { zeroChildren } from "./treeNodes.js";
import type { AccessData, ProofFile } from "./types.js";

/** A step's root and packed witness. */
export interface StepCalldata {
  readonly pre: Hash;
  readonly packed: Uint8Array;
}

/**
 * The calldata of a step, from the file alone.
 * Errors: PROOF_FILE_NO_STEP, PROOF_FILE_INCOMPLETE with the JSON path of what refers to a missing content.
 */
export function stepCalldata(file: ProofFile, stepIndex: number): StepCalldata {
  const at = file.access.findIndex((access) => access.stepIndex === stepIndex);
  if (at < 0) throw new ProofError("PROOF_FILE_NO_STEP", { stepIndex });
  const { from, stride } = file.meta;
  const pre = file.steps[(stepIndex - from) / stride];
  if (pre === undefined) throw new ProofError("PROOF_FILE_NO_STEP", { stepIndex });
  return { pre, packed: packWitness(fileWitness(file, at, pre)) };
}

/** The witness of `file.access[at]`. Errors: PROOF_FILE_INCOMPLETE. */
export function fileWitness(file: ProofFile, at: number, pre: Hash): Witness {
  const access = file.access[at] as AccessData;
  const path = `$.access[${at}]`;
  const tree = new FileTree(file, pre);
  const { items } = frontierOf(new Set(access.gindices));
  const values = items.map((g) => ({ g, value: fromHex(tree.node(g, `${path}.gindices`)) }));
  const ranges = access.ranges.map(({ g, log2, nWords }, index): Range => {
    const word = (i: number) => fromHex(tree.node(g * 2 ** log2 + i, `${path}.ranges[${index}]`));
    return { g, log2, words: Array.from({ length: nWords }, (_, i) => word(i)) };
  });
  const all = (map: ReadonlyMap<Hash, Hex>, hashes: readonly Hash[], name: string) =>
    hashes.map((hash, index) => contentOf(map, hash, `${path}.${name}[${index}]`));
  const feed = all(file.feed, access.feedKeys, "feedKeys");
  return {
    items: values,
    ranges,
    nodes: all(file.mpt, access.mptNodes, "mptNodes"),
    code: all(file.code, access.codeHashes, "codeHashes")[0] ?? EMPTY_BYTES,
    aux: Uint8Array.from(Buffer.concat([...feed, fromHex(access.aux)])),
  };
}

function contentOf(map: ReadonlyMap<Hash, Hex>, hash: Hash, path: string): Uint8Array {
  const hex = map.get(hash);
  if (hex === undefined) throw new ProofError("PROOF_FILE_INCOMPLETE", { path, hash });
  return fromHex(hex);
}

/** The state tree of one root, walked from the top. */
class FileTree {
  readonly #file: ProofFile;
  readonly #seen: Map<number, Hash>;

  constructor(file: ProofFile, root: Hash) {
    this.#file = file;
    this.#seen = new Map([[1, root]]);
  }

  node(g: number, path: string): Hash {
    const seen = this.#seen.get(g);
    if (seen !== undefined) return seen;
    const hash = this.node(Math.floor(g / 2), path);
    const children = this.#file.nodes.get(hash) ?? zeroChildren(hash);
    if (children === undefined) throw new ProofError("PROOF_FILE_INCOMPLETE", { path, g, hash });
    const node = children[g % 2] as Hash;
    this.#seen.set(g, node);
    return node;
  }
}
