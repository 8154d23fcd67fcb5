import type { Hash } from "../../util/hex.js";
import type { BlockHashOf } from "../execution/evmMachine.js";
import type { BlockHeader } from "../types.js";

/** How far back BLOCKHASH reaches. */
const MAX_DEPTH = 256n;

/** Hashes of the ancestors of a block, for BLOCKHASH; followed from parent to parent, so they are right on every branch. */
export function hashesBelow(
  getHeader: (hash: Hash) => BlockHeader | undefined,
  block: { number: bigint; parentHash: Hash },
): BlockHashOf {
  /** The hash at `index` is that of the block `index + 1` below. */
  const known: Hash[] = [block.parentHash];
  return (number) => {
    const depth = block.number - number;
    if (depth < 1n || depth > MAX_DEPTH || number < 0n) return undefined;
    while (BigInt(known.length) < depth) {
      const header = getHeader(known.at(-1) as Hash);
      if (!header) return undefined;
      known.push(header.parentHash);
    }
    return known[Number(depth) - 1];
  };
}
