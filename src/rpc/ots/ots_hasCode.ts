import type { BlockId } from "../../engine/types.js";
import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { parseAnyBlockId } from "./params.js";

/** True if an address has code. */
export const ots_hasCode = method({
  doc: "True if an address has code.",
  params: [required(parseAddress), optional<BlockId>(parseAnyBlockId, "latest")],
  async run([address, id], { engine }) {
    return (await engine.getCode(address, id)).length > 0;
  },
});
