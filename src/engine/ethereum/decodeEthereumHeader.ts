import { toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { decodeHeader } from "../header.js";
import type { BlockHeader } from "../types.js";

/** Reads the RLP of a header that comes without its block, as an ommer's does. Errors: ENGINE_BAD_ENCODING. */
export function decodeEthereumHeader(rlp: Uint8Array): BlockHeader {
  return decodeHeader(rlp, toHex(keccak256(rlp)), rlp.length);
}
