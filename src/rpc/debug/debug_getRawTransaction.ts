import { toHex } from "../../util/hex.js";
import { findByHash } from "../eth/shared.js";
import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";

/** Envelope of a transaction; empty if unknown. */
export const debug_getRawTransaction = method({
  doc: "Envelope of a transaction; empty if unknown.",
  params: [required(parseHash)],
  async run([hash], context) {
    const found = await findByHash(context, hash, (any) => context.engine.getTransaction(any));
    return found === undefined ? "0x" : toHex(found.raw);
  },
});
