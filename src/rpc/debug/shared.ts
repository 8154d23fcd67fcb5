import { RLP } from "@ethereumjs/rlp";
import { encodeHeader } from "../../engine/header.js";
import type { Block, BlockId } from "../../engine/types.js";
import { RpcError } from "../errors.js";
import type { RpcContext } from "../types.js";

const FIRST_LEGACY_BYTE = 0xc0;

/** A block that must exist. Errors: RPC_UNKNOWN_BLOCK. */
export async function requireBlock(context: RpcContext, id: BlockId): Promise<Block> {
  const block = await context.engine.getBlock(id);
  if (block === undefined) throw new RpcError("RPC_UNKNOWN_BLOCK", { reason: "header not found" });
  return block;
}

/** RLP of a block: header, transactions, no ommers, no withdrawals. */
export function encodeRawBlock(block: Block): Uint8Array {
  const header = RLP.decode(encodeHeader(block.header));
  // Legacy transactions are lists in the body, the others byte strings.
  const transactions = block.transactions.map((raw) =>
    (raw[0] ?? 0) >= FIRST_LEGACY_BYTE ? RLP.decode(raw) : raw,
  );
  return RLP.encode([header, transactions, [], []]);
}
