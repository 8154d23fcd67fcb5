import type { Hash } from "../../util/hex.js";
import type { BlockHashOf } from "../execution/evmMachine.js";
import type { Ancestors } from "../rules.js";
import type { BlockHeader } from "../types.js";

/** Hashes of the ancestors of the block after `parent`, found by walking back as far as asked for, once. */
export function ancestorHashes(parent: BlockHeader, ancestors: Ancestors): BlockHashOf {
  const hashes = new Map<bigint, Hash>([
    [parent.number, parent.hash],
    [parent.number - 1n, parent.parentHash],
  ]);
  let lowest = parent.number - 1n;
  return (number) => {
    if (number > parent.number || number < 0n) return undefined;
    while (lowest > number) {
      const header = ancestors.getHeader(hashes.get(lowest) as Hash);
      if (!header) return undefined;
      lowest--;
      hashes.set(lowest, header.parentHash);
    }
    return hashes.get(number);
  };
}
