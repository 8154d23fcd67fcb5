import type { Block, BlockId, Receipt } from "../../engine/types.js";
import { encodeBlock } from "../encode/block.js";
import { quantity } from "../encode/hex.js";
import type { RpcContext } from "../types.js";

type Json = Record<string, unknown>;

/** What all transactions of a block paid, L1 and operator fees included, in wei. */
function totalFees(receipts: readonly Receipt[]): bigint {
  return receipts.reduce((sum, { gasUsed, effectiveGasPrice, l1 }) => {
    return sum + gasUsed * effectiveGasPrice + (l1 ? l1.fee + l1.operatorFee : 0n);
  }, 0n);
}

/** A block as Otterscan shows it: without what is long, but with the number of its transactions. */
export function slimBlock(block: Block): Json {
  const { transactions: _hashes, ...rest } = encodeBlock(block);
  return { ...rest, logsBloom: null, transactionCount: block.transactionHashes.length };
}

/** Head of a page about one block; null: no such block. Blocks of proof of stake and of rollups issue nothing. */
export async function blockDetails(context: RpcContext, id: BlockId): Promise<Json | null> {
  const block = await context.engine.getBlock(id);
  if (!block) return null;
  const receipts = (await context.engine.getReceipts(block.header.hash)) ?? [];
  const isMined = (block.header.difficulty ?? 0n) > 0n;
  const nothing = { blockReward: "0x0", uncleReward: "0x0", issuance: "0x0" };
  return {
    block: slimBlock(block),
    // The rewards of mined blocks are not worked out here.
    issuance: isMined ? {} : nothing,
    totalFees: quantity(totalFees(receipts)),
  };
}
