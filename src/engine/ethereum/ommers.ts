import type { Hash } from "../../util/hex.js";
import type { Ancestors } from "../rules.js";
import type { BlockHeader } from "../types.js";
import { decodeEthereumHeader } from "./decodeEthereumHeader.js";

const MAX_OMMERS = 2;
/** An ommer's parent is at most this many blocks above the block that names it. */
const MAX_DEPTH = 7;

/** Ancestors of a block as ommers are measured by them. */
interface Family {
  ancestors: Map<Hash, BlockHeader>;
  /** Ommers that ancestors have named. */
  named: Set<Hash>;
}

function familyOf(parent: BlockHeader, { getHeader, getOmmers }: BoundAncestors): Family {
  const ancestors = new Map<Hash, BlockHeader>();
  const named = new Set<Hash>();
  let header: BlockHeader | undefined = parent;
  for (let depth = 0; header && depth < MAX_DEPTH; depth++) {
    ancestors.set(header.hash, header);
    if (header.ommersHash) {
      for (const rlp of getOmmers(header.hash)) named.add(decodeEthereumHeader(rlp).hash);
    }
    header = header.number > 0n ? getHeader(header.parentHash) : undefined;
  }
  return { ancestors, named };
}

interface BoundAncestors {
  getHeader(hash: Hash): BlockHeader | undefined;
  getOmmers(hash: Hash): readonly Uint8Array[];
}

/**
 * Why a block on `parent` may not name these ommers; undefined if it may. `checkHeader` says what is wrong with a header on its
 * parent. Source: Yellow Paper, 11.1
 */
export function findOmmerProblem(
  ommers: readonly Uint8Array[],
  parent: BlockHeader,
  ancestors: Ancestors,
  checkHeader: (header: BlockHeader, parent: BlockHeader) => string | undefined,
): string | undefined {
  if (ommers.length === 0) return undefined;
  if (ommers.length > MAX_OMMERS) return "too many ommers";
  const family = familyOf(parent, {
    getHeader: (hash) => ancestors.getHeader(hash),
    getOmmers: (hash) => ancestors.getOmmers?.(hash) ?? [],
  });
  for (const rlp of ommers) {
    const ommer = decodeEthereumHeader(rlp);
    if (family.named.has(ommer.hash)) return "ommer named before";
    if (family.ancestors.has(ommer.hash)) return "ommer is an ancestor";
    const ommerParent = family.ancestors.get(ommer.parentHash);
    if (!ommerParent || ommerParent.hash === parent.hash) return "ommer of a strange parent";
    const problem = checkHeader(ommer, ommerParent);
    if (problem !== undefined) return `ommer: ${problem}`;
    family.named.add(ommer.hash);
  }
  return undefined;
}
