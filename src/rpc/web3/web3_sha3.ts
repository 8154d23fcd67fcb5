import { keccakHex } from "../../util/keccak.js";
import { method } from "../method.js";
import { parseBytes } from "../params/hex.js";
import { required } from "../params/param.js";

/** Keccak-256 of some bytes. */
export const web3_sha3 = method({
  doc: "Keccak-256 of some bytes.",
  params: [required(parseBytes)],
  run: ([bytes]) => keccakHex(bytes),
});
