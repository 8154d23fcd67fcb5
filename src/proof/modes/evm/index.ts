import type { Step } from "../../state/types.js";
import { MODE } from "../../table.js";
import { op } from "../op/op.js";
import { blake2Slices } from "./blake2Slices.js";
import { callee } from "./callee.js";
import { ripemdSlice, sha256Slice } from "./compressSlices.js";
import { copy } from "./copy.js";
import { createchk } from "./createchk.js";
import { createe } from "./createe.js";
import { delegate } from "./delegate.js";
import { deploy } from "./deploy.js";
import { destroy } from "./destroy.js";
import { exit } from "./exit.js";
import { gas63 } from "./gas63.js";
import { hash } from "./hash.js";
import { log } from "./log.js";
import { modExpSlices } from "./modExpSlices.js";
import { msmSlices } from "./msmSlices.js";
import { precomp } from "./precomp.js";
import { push } from "./push.js";
import { resume } from "./resume.js";
import { snap } from "./snap.js";
import { xfer } from "./xfer.js";

/** Steps of running code, calls, creations and precompiles, by mode. */
export const EVM_MODES: Readonly<Record<number, (step: Step) => void>> = {
  [MODE.op]: op,
  [MODE.copy]: copy,
  [MODE.hash]: hash,
  [MODE.log]: log,
  [MODE.destroy]: destroy,
  [MODE.exit]: exit,
  [MODE.resume]: resume,
  [MODE.callee]: callee,
  [MODE.delegate]: delegate,
  [MODE.gas63]: gas63,
  [MODE.snap]: snap,
  [MODE.xfer]: xfer,
  [MODE.push]: push,
  [MODE.createe]: createe,
  [MODE.createchk]: createchk,
  [MODE.deploy]: deploy,
  [MODE.precomp]: precomp,
  [MODE.sha256I]: sha256Slice,
  [MODE.ripemdI]: ripemdSlice,
  [MODE.modexpI]: modExpSlices,
  [MODE.blake2I]: blake2Slices,
  [MODE.msmI]: msmSlices,
};
