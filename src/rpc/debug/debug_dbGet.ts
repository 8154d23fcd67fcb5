import { toHex } from "../../util/hex.js";
import { RpcError } from "../errors.js";
import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";

/** A trie node or a contract's code by its keccak. Not on the public port: it is for those who run proofs. */
export const debug_dbGet = method({
  doc: "A trie node or a contract's code by its keccak.",
  params: [required(parseHash)],
  run([hash], { engine }) {
    const content = engine.dbGet(hash);
    if (content === undefined) throw new RpcError("RPC_UNKNOWN_BLOCK", { reason: "not found" });
    return toHex(content);
  },
});
