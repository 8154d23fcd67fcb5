import type { Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { Ancestors } from "../rules.js";
import type { BlockHeader } from "../types.js";

const MAX_REMEMBERED = 4_096;

/** Difficulties of whole chains, which decide on where proof of work ends. Source: EIP-3675 */
export class TotalDifficulty {
  readonly #known = new Lru<Hash, bigint>(MAX_REMEMBERED);

  /** Of the chain up to and with a block; undefined if not all of its ancestors are there. */
  of(block: BlockHeader, ancestors: Ancestors): bigint | undefined {
    const path: BlockHeader[] = [];
    let total = 0n;
    let header: BlockHeader | undefined = block;
    while (header) {
      const known = this.#known.get(header.hash);
      if (known !== undefined) {
        total = known;
        break;
      }
      path.push(header);
      if (header.number === 0n) break;
      header = ancestors.getHeader(header.parentHash);
    }
    if (!header) return undefined;
    for (const { hash, difficulty } of path.reverse()) {
      total += difficulty ?? 0n;
      this.#known.set(hash, total);
    }
    return total;
  }
}
