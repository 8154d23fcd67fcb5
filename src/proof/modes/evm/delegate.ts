import { GAS } from "../../gas.js";
import { EMPTY_CODE_HASH } from "../../state/defaults.js";
import type { Step } from "../../state/types.js";
import { isWarm, setWarm } from "../../state/warmth.js";
import { CALL_FLAGS_WORD } from "../../state/words.js";
import { getAccount, readCode } from "../../state/world.js";
import { callWord, goTo, regs, setCallWord, takeGas, touch } from "../../step.js";
import { C, G, MODE } from "../../table.js";
import { callFlags, haltCall, setCalleeCode } from "./callWords.js";

/** Follows an EIP-7702 delegation, one hop. Source: docs/protocol/machine.md#calls-and-creations */
export function delegate(step: Step): void {
  touch(step, G.stateRoot, G.warmAddr);
  const flags = callFlags(step);
  const address = callWord(step, C.delegate);
  const account = getAccount(step, address);
  const warm = isWarm(step, address);
  if (!flags.isTop) {
    regs(step);
    if (!takeGas(step, warm ? GAS.warm : GAS.coldAccount)) {
      haltCall(step);
      return;
    }
  }
  if (!warm) setWarm(step, address);
  setCallWord(step, C.flags, CALL_FLAGS_WORD.pack({ ...flags, isDelegated: true }));
  const code = account === undefined ? new Uint8Array(0) : readCode(step, account);
  setCalleeCode(step, account?.codeHash ?? EMPTY_CODE_HASH, code);
  goTo(step, MODE.gas63);
}
