import type { Step } from "../../state/types.js";
import { DEPTH, G, LIMIT } from "../../table.js";

const PAGES = 2 ** (DEPTH.raw - DEPTH.page);

/** Bytes of the envelope, zeros behind its end; the witness shows the pages that they lie in. */
export function rawBytes({ s, rec }: Step, off: number, length: number): Uint8Array {
  const { raw, rawLen } = s.tx;
  const end = Math.min(off + length, rawLen);
  if (rec !== undefined) {
    const last = Math.floor((end - 1) / LIMIT.page);
    for (let page = Math.floor(off / LIMIT.page); page <= last; page++) {
      rec.words(G.raw * PAGES + page, DEPTH.page);
    }
  }
  return raw.read(off, length);
}
