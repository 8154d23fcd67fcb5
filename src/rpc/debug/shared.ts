import type { Block, BlockId } from "../../engine/types.js";
import { RpcError } from "../errors.js";
import type { RpcContext } from "../types.js";

/** A block that must exist. Errors: RPC_UNKNOWN_BLOCK. */
export async function requireBlock(context: RpcContext, id: BlockId): Promise<Block> {
  const block = await context.engine.getBlock(id);
  if (block === undefined) throw new RpcError("RPC_UNKNOWN_BLOCK", { reason: "header not found" });
  return block;
}
