import { GAS } from "../../gas.js";
import { EMPTY_CODE_HASH } from "../../state/defaults.js";
import type { Step, Word } from "../../state/types.js";
import { isPrecompile } from "../../state/warm.js";
import { CALL_FLAGS_WORD } from "../../state/words.js";
import { getAccount, readCode } from "../../state/world.js";
import { callWord, goTo, regs, setCallWord, takeGas, touch } from "../../step.js";
import { C, G, KIND, MODE } from "../../table.js";
import { delegateOf, isDelegation } from "../tx/delegation.js";
import { callFlags, haltCall, setCalleeCode } from "./callWords.js";

const NO_CODE = new Uint8Array(0);

/** Finds the code that a call runs. Source: docs/protocol/machine.md#calls-and-creations */
export function callee(step: Step): void {
  touch(step, G.stateRoot);
  const flags = callFlags(step);
  const address = callWord(step, C.codeAddr);
  const value = callWord(step, C.value);
  const account = getAccount(step, address);
  const isNew = account === undefined && value !== 0n && flags.kind === KIND.call;
  if (isNew && !flags.isTop) {
    regs(step);
    if (!takeGas(step, GAS.newAccount)) {
      haltCall(step);
      return;
    }
  }
  if (isPrecompile(address)) {
    setCallWord(step, C.flags, CALL_FLAGS_WORD.pack({ ...flags, isPrecompile: true }));
    found(step, EMPTY_CODE_HASH, NO_CODE);
    return;
  }
  const code = account === undefined ? NO_CODE : readCode(step, account);
  if (isDelegation(code)) {
    setCallWord(step, C.delegate, delegateOf(code));
    goTo(step, MODE.delegate);
    return;
  }
  found(step, account?.codeHash ?? EMPTY_CODE_HASH, code);
}

function found(step: Step, hash: Word, code: Uint8Array): void {
  setCalleeCode(step, hash, code);
  goTo(step, MODE.gas63);
}
