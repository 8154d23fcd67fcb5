import type { RollupNodeView } from "../../services/types.js";
import { RpcError } from "../errors.js";
import type { RpcContext } from "../types.js";

/** The rollup node behind this gateway. Errors: RPC_UNAVAILABLE when there is none. */
export function requireNode(context: RpcContext): RollupNodeView {
  if (context.node === undefined) throw new RpcError("RPC_UNAVAILABLE");
  return context.node;
}
