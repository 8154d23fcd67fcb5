import { decodeBlock } from "../../engine/blockCodec.js";
import { EngineError } from "../../engine/errors.js";
import type { Block } from "../../engine/types.js";
import { method } from "../method.js";
import { parseBytes } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { parseTraceConfig } from "./traceConfig.js";
import { traceWholeBlock } from "./tracing.js";

/** What executing a block that somebody made up can come to. */
const INVALID = /^(PROTOCOL_BAD_\w+|ENGINE_BAD_ENCODING|ENGINE_INVALID_\w+)$/;

function decode(rlp: Uint8Array): Block {
  try {
    return decodeBlock(rlp);
  } catch (cause) {
    throw new EngineError("ENGINE_NOT_TRACEABLE", { reason: "could not decode block" }, cause);
  }
}

/** Executes a block that is given as RLP; the chain must have its parent. */
export const debug_traceBlock = method({
  doc: "Executes a block that is given as RLP; the chain must have its parent.",
  params: [required(parseBytes), optional(parseTraceConfig, {})],
  usesEvm: true,
  async run([rlp, options], context) {
    try {
      return await traceWholeBlock(context, decode(rlp), options);
    } catch (error) {
      if (!INVALID.test((error as { code?: string }).code ?? "")) throw error;
      throw new EngineError("ENGINE_NOT_TRACEABLE", { reason: "the block is not valid" }, error);
    }
  },
});
