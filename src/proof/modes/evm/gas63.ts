import { GAS } from "../../gas.js";
import type { Step } from "../../state/types.js";
import { CALL_GAS_WORD } from "../../state/words.js";
import { callWord, goTo, regs, setCallWord, touch } from "../../step.js";
import { BUFFER, C, G, KIND, MODE } from "../../table.js";
import { callFlags, callGas, callWindows, failCall, isTooDeep } from "./callWords.js";
import { setCopy } from "./setCopy.js";

/** Gas of the callee, and its input. Sources: EIP-150, docs/protocol/machine.md#calls-and-creations */
export function gas63(step: Step): void {
  const { kind, isTop } = callFlags(step);
  if (isTop) {
    goTo(step, MODE.snap);
    return;
  }
  const frame = regs(step);
  touch(step, G.outWin);
  const { requested } = callGas(step);
  const value = callWord(step, C.value);
  const { inOff, inSize, outOff, outSize } = callWindows(step);
  const given = Math.min(requested, frame.gas - Math.floor(frame.gas / GAS.keptPart));
  const hasStipend = value !== 0n && (kind === KIND.call || kind === KIND.callcode);
  const childGas = given + (hasStipend ? GAS.callStipend : 0);
  frame.gas -= given;
  frame.outOff = outOff;
  frame.outSize = outSize;
  if (isTooDeep(frame.depth)) {
    failCall(step, kind, childGas);
    return;
  }
  setCallWord(step, C.gas, CALL_GAS_WORD.pack({ requested, childGas }));
  if (inSize === 0) {
    goTo(step, MODE.snap);
    return;
  }
  setCopy(step, BUFFER.mem, BUFFER.bufA, BigInt(inOff), 32 * frame.memWords, 0, inSize);
  goTo(step, MODE.copy, { ret: MODE.snap });
}
