import type { Step } from "../../state/types.js";
import { MODE } from "../../table.js";
import { access } from "./access.js";
import { auth } from "./auth.js";
import { check } from "./check.js";
import { destruct } from "./destruct.js";
import { fastlz } from "./fastlz.js";
import { fee } from "./fee.js";
import { l1params } from "./l1params.js";
import { receipt } from "./receipt.js";
import { settle } from "./settle.js";
import { start } from "./start.js";
import { txparse } from "./txparse.js";

/** Steps of a transaction outside of the EVM, by mode. */
export const TX_MODES: Readonly<Record<number, (step: Step) => void>> = {
  [MODE.txparse]: txparse,
  [MODE.fastlz]: fastlz,
  [MODE.check]: check,
  [MODE.access]: access,
  [MODE.auth]: auth,
  [MODE.start]: start,
  [MODE.settle]: settle,
  [MODE.fee]: fee,
  [MODE.destruct]: destruct,
  [MODE.receipt]: receipt,
  [MODE.l1params]: l1params,
};
