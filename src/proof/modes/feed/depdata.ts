import { decodeRecordHeader } from "../../../protocol/index.js";
import { gPage } from "../../state/gindex.js";
import { PAGE_DEPTH } from "../../state/page.js";
import type { Step } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { DEPTH, G, LIMIT, MODE } from "../../table.js";
import { FLOOR_TOKEN_GAS, TOKEN_GAS, tokensOf } from "../../tx/parseEnvelope.js";
import { pageCount, pageHashes, pageSlice } from "./pagesOf.js";

const PLACE = { g: G.raw, depth: DEPTH.raw };

/** Writes pages of a deposit's data behind the head of its envelope. Source: docs/protocol/machine.md#derivation */
export function depdata(step: Step): void {
  const { s, inputs, rec } = step;
  const { ctl, tx } = s;
  touch(step, G.txInfo, G.txGas);
  const index = BigInt(ctl.a);
  const header = inputs.recordHeader(index);
  const data = inputs.recordData(index);
  const total = pageCount(decodeRecordHeader(header).dataLength);
  const count = Math.min(LIMIT.windowPages, total - ctl.cnt);
  const bytes = pageSlice(data, ctl.cnt, count);
  rec?.aux(header);
  rec?.aux(pageHashes(data));
  rec?.aux(bytes);
  const off = tx.dataOff + LIMIT.page * ctl.cnt;
  recordTargets(step, off, off + bytes.length);
  tx.raw.write(off, bytes);
  const tokens = tokensOf(bytes, 0, bytes.length);
  tx.intrinsic += TOKEN_GAS * tokens;
  tx.floor += FLOOR_TOKEN_GAS * tokens;
  if (ctl.cnt + count < total) ctl.cnt += count;
  else goTo(step, MODE.check);
}

/** Pages of the envelope that are written: those that keep some of their bytes are opened. */
function recordTargets(step: Step, off: number, end: number): void {
  for (let page = Math.floor(off / LIMIT.page); page * LIMIT.page < end; page++) {
    const isWhole = page * LIMIT.page >= off && (page + 1) * LIMIT.page <= end;
    if (isWhole) touch(step, gPage(PLACE, page));
    else step.rec?.words(gPage(PLACE, page), PAGE_DEPTH);
  }
}
