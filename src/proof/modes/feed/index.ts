import type { Step } from "../../state/types.js";
import { MODE } from "../../table.js";
import { attr } from "./attr.js";
import { blkhdr } from "./blkhdr.js";
import { boundary } from "./boundary.js";
import { data } from "./data.js";
import { depdata } from "./depdata.js";
import { entry } from "./entry.js";
import { next } from "./next.js";
import { place } from "./place.js";
import { record } from "./record.js";
import { scan } from "./scan.js";
import { syswrite } from "./syswrite.js";
import { txcopy } from "./txcopy.js";
import { txnext } from "./txnext.js";

/** Steps of derivation, by mode. */
export const FEED_MODES: Readonly<Record<number, (step: Step) => void>> = {
  [MODE.boundary]: boundary,
  [MODE.entry]: entry,
  [MODE.data]: data,
  [MODE.next]: next,
  [MODE.scan]: scan,
  [MODE.place]: place,
  [MODE.blkhdr]: blkhdr,
  [MODE.syswrite]: syswrite,
  [MODE.txnext]: txnext,
  [MODE.attr]: attr,
  [MODE.record]: record,
  [MODE.depdata]: depdata,
  [MODE.txcopy]: txcopy,
};
