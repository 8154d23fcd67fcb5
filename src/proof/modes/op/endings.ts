import { GAS } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { isWarm, setWarm } from "../../state/warmth.js";
import { getAccount } from "../../state/world.js";
import { goTo, halt, setReg, touch } from "../../step.js";
import { BUFFER, G, KIND, MODE, OUTCOME, R } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { setOutcome } from "../evm/outcome.js";
import { setCopy } from "../evm/setCopy.js";
import { toAddress } from "../evm/toAddress.js";
import { fullOps, type OpFamily, writingOps } from "./opEntry.js";

/** A frame ends by its own will; what it returns goes to bufA first. */
function end(step: Step, frame: Frame, outcome: number, off: number, outLen: number): void {
  const next = outcome === OUTCOME.success && frame.kind >= KIND.create ? MODE.deploy : MODE.exit;
  setOutcome(step, { outcome, outLen });
  if (outLen === 0) {
    goTo(step, next);
    return;
  }
  setCopy(step, BUFFER.mem, BUFFER.bufA, BigInt(off), 32 * frame.memWords, 0, outLen);
  goTo(step, MODE.copy, { ret: next });
}

function stop(step: Step, frame: Frame): void {
  end(step, frame, OUTCOME.success, 0, 0);
}

function leave(outcome: number) {
  return (step: Step, frame: Frame): void => {
    const { stack } = frame;
    const len = stack[stack.length - 2] as Word;
    const to = windowEnd(stack[stack.length - 1] as Word, len);
    const gas = to < 0 ? 0 : growthGas(frame, to);
    if (to < 0 || frame.gas < gas) {
      halt(step);
      return;
    }
    stack.length -= 2;
    frame.gas -= gas;
    growMemory(frame, to);
    frame.pc++;
    end(step, frame, outcome, to - Number(len), Number(len));
  };
}

function selfDestruct(step: Step, frame: Frame): void {
  const { stack, self } = frame;
  touch(step, G.self, G.stateRoot, G.warmAddr);
  const beneficiary = toAddress(stack[stack.length - 1] as Word);
  const balance = getAccount(step, self)?.balance ?? 0n;
  const isNew = getAccount(step, beneficiary) === undefined;
  const warm = isWarm(step, beneficiary);
  const gas =
    GAS.selfDestruct +
    (warm ? 0 : GAS.coldAccount) +
    (isNew && balance !== 0n ? GAS.newAccount : 0);
  if (frame.gas < gas) {
    halt(step);
    return;
  }
  if (!warm) setWarm(step, beneficiary);
  stack.pop();
  frame.gas -= gas;
  frame.pc++;
  setReg(step, R.beneficiary, beneficiary);
  goTo(step, MODE.destroy);
}

/** STOP, RETURN, REVERT, SELFDESTRUCT. Sources: Yellow Paper, appendix H; EIPs 140, 161, 2929, 6780 */
export const ENDINGS: OpFamily = new Map([
  ...fullOps(
    [0x00, 0, 0, 0, stop],
    [0xf3, 0, 2, 0, leave(OUTCOME.success)],
    [0xfd, 0, 2, 0, leave(OUTCOME.revert)],
  ),
  ...writingOps([0xff, GAS.selfDestruct, 1, 0, selfDestruct]),
]);
