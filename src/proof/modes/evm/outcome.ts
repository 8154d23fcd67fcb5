import type { Step } from "../../state/types.js";
import { OUTCOME_WORD, type OutcomeFields } from "../../state/words.js";
import { reg, setReg } from "../../step.js";
import { R } from "../../table.js";

const NONE: OutcomeFields = { outcome: 0, kind: 0, isTop: false, gasLeft: 0, outLen: 0 };

/** Sets R4; fields that are not given are 0. */
export function setOutcome(step: Step, fields: Partial<OutcomeFields>): void {
  setReg(step, R.outcome, OUTCOME_WORD.pack({ ...NONE, ...fields }));
}

/** Reads R4. */
export function getOutcome(step: Step): OutcomeFields {
  return OUTCOME_WORD.unpack(reg(step, R.outcome));
}
