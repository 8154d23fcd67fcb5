import { decodeHeader, sealHeader } from "../../engine/header.js";
import type { Block } from "../../engine/types.js";
import { ZERO_HASH } from "../../util/hex.js";
import { encodeBlock } from "./block.js";

/** An ommer of a block in geth's JSON, which is that of a block without transactions; null if there is none at this index. */
export function encodeOmmer(
  block: Block | undefined,
  index: number,
): Record<string, unknown> | null {
  const rlp = block?.ommers?.[index];
  if (!rlp) return null;
  const { header } = sealHeader(decodeHeader(rlp, ZERO_HASH, 0), { transactions: [] });
  const { transactions: _, ...shown } = encodeBlock({
    header,
    transactions: [],
    transactionHashes: [],
  });
  return shown;
}
