import { encodeHeader } from "../encode/block.js";
import { method } from "../method.js";
import { required } from "../params/param.js";
import { parseAnyBlockId } from "./params.js";

/** Header of a block; Otterscan asks for it to see whom it talks to. */
export const erigon_getHeaderByNumber = method({
  doc: "Header of a block; Otterscan asks for it to see whom it talks to.",
  params: [required(parseAnyBlockId)],
  async run([id], { engine }) {
    const header = await engine.getHeader(id);
    return header ? encodeHeader(header) : null;
  },
});
