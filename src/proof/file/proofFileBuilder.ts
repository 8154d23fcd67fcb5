import { EMPTY_BYTES, type Hash, type Hex, toHex } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { ProofError } from "../errors.js";
import { LIMIT, MODE } from "../table.js";
import type { StepProof } from "../witness/witnessOf.js";
import { addItems, addRange, type NodeMap } from "./treeNodes.js";
import type { AccessData, ProofFile, ProofFileMeta } from "./types.js";

/** Most roots in a file: a dense file of this many steps is near what fits into one string. */
export const MAX_FILE_STEPS = 65_536;

/** Modes whose aux are contents of the feeds and of L1, that something on L1 names by its hash. */
const FEED_MODES: readonly number[] = [
  MODE.entry,
  MODE.data,
  MODE.place,
  MODE.record,
  MODE.depdata,
];
/** Modes whose last part of aux are pages, each with its own hash. */
const PAGE_MODES: readonly number[] = [MODE.data, MODE.depdata];

/** Makes a proof file root by root: each is that of the next multiple of the stride. */
export class ProofFileBuilder {
  readonly #meta: ProofFileMeta;
  readonly #steps: Hash[] = [];
  readonly #access: AccessData[] = [];
  readonly #nodes: NodeMap = new Map();
  readonly #mpt = new Map<Hash, Hex>();
  readonly #code = new Map<Hash, Hex>();
  readonly #feed = new Map<Hash, Hex>();

  constructor(meta: ProofFileMeta) {
    this.#meta = meta;
  }

  /** Position that the next root belongs to. */
  get position(): number {
    return this.#meta.from + this.#steps.length * this.#meta.stride;
  }

  /** The root at `position`, without a witness: the last one of a file. Errors: PROOF_FILE_TOO_LARGE. */
  addRoot(root: Uint8Array): void {
    if (this.#steps.length >= MAX_FILE_STEPS) {
      throw new ProofError("PROOF_FILE_TOO_LARGE", { steps: MAX_FILE_STEPS });
    }
    this.#steps.push(toHex(root));
  }

  /** The root at `position`, and all that proves the step there. Errors: PROOF_FILE_TOO_LARGE. */
  addStep(mode: number, proof: StepProof): void {
    const stepIndex = this.position;
    this.addRoot(proof.pre);
    const { witness, access } = proof;
    addItems(this.#nodes, witness.items);
    for (const range of witness.ranges) addRange(this.#nodes, range);
    const isFeed = FEED_MODES.includes(mode);
    this.#access.push({
      stepIndex,
      mode,
      gindices: [...access.leaves].sort((a, b) => a - b),
      ranges: witness.ranges.map(({ g, log2, words }) => ({ g, log2, nWords: words.length })),
      mptNodes: witness.nodes.map((node) => keep(this.#mpt, node)),
      codeHashes: witness.code.length === 0 ? [] : [keep(this.#code, witness.code)],
      feedKeys: isFeed ? feedParts(mode, access.auxParts).map((p) => keep(this.#feed, p)) : [],
      aux: toHex(isFeed ? EMPTY_BYTES : witness.aux),
    });
  }

  /** The file so far. */
  finish(): ProofFile {
    return {
      meta: this.#meta,
      steps: this.#steps,
      access: this.#access,
      nodes: this.#nodes,
      mpt: this.#mpt,
      code: this.#code,
      feed: this.#feed,
    };
  }
}

function keep(map: Map<Hash, Hex>, bytes: Uint8Array): Hash {
  const hash = keccakHex(bytes);
  if (!map.has(hash)) map.set(hash, toHex(bytes));
  return hash;
}

function feedParts(mode: number, parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.flatMap((part, index) => {
    if (index < parts.length - 1 || !PAGE_MODES.includes(mode)) return [part];
    const pages: Uint8Array[] = [];
    for (let at = 0; at < part.length; at += LIMIT.page) {
      pages.push(part.subarray(at, at + LIMIT.page));
    }
    return pages;
  });
}
