import { method } from "../method.js";
import { parseBytes } from "../params/hex.js";
import { required } from "../params/param.js";

/** Takes a signed transaction into the pool; it is on disk when the hash is answered. */
export const eth_sendRawTransaction = method({
  doc: "Takes a signed transaction into the pool; it is on disk when the hash is answered.",
  params: [required(parseBytes)],
  run: ([raw], { engine }) => engine.pool.add(raw),
});
