import { GAS } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { isWarm, setWarm } from "../../state/warmth.js";
import { CALL_FLAGS_WORD, CALL_GAS_WORD, CALL_WINDOWS_WORD } from "../../state/words.js";
import { goTo, halt, setCallWord, touch } from "../../step.js";
import { C, G, KIND, LIMIT, MODE } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { toAddress } from "../evm/toAddress.js";
import { fullOps, type OpFamily } from "./opEntry.js";

const MOST_GAS = BigInt(LIMIT.requestedGas);

function callOp(kind: number) {
  const hasValue = kind === KIND.call || kind === KIND.callcode;
  const pops = hasValue ? 7 : 6;
  return (step: Step, frame: Frame): void => {
    const { stack } = frame;
    touch(step, G.warmAddr, G.self, G.value);
    const sp = stack.length;
    const address = toAddress(stack[sp - 2] as Word);
    const given = hasValue ? (stack[sp - 3] as Word) : 0n;
    const inEnd = windowEnd(stack[sp - pops + 3] as Word, stack[sp - pops + 2] as Word);
    const outEnd = windowEnd(stack[sp - pops + 1] as Word, stack[sp - pops] as Word);
    const isForbidden = kind === KIND.call && given !== 0n && frame.isStatic;
    if (inEnd < 0 || outEnd < 0 || isForbidden) {
      halt(step);
      return;
    }
    const end = Math.max(inEnd, outEnd);
    const warm = isWarm(step, address);
    const gas =
      (warm ? GAS.warm : GAS.coldAccount) +
      (given === 0n ? 0 : GAS.callValue) +
      growthGas(frame, end);
    if (frame.gas < gas) {
      halt(step);
      return;
    }
    if (!warm) setWarm(step, address);
    const inSize = Number(stack[sp - pops + 2]);
    const outSize = Number(stack[sp - pops]);
    const requested = stack[sp - 1] as Word;
    const isOwn = kind === KIND.callcode || kind === KIND.delegatecall;
    setCallWord(
      step,
      C.flags,
      CALL_FLAGS_WORD.pack({
        kind,
        isTop: false,
        isPrecompile: false,
        isStatic: frame.isStatic || kind === KIND.staticcall,
        isDelegated: false,
      }),
    );
    setCallWord(step, C.codeAddr, address);
    setCallWord(step, C.to, isOwn ? frame.self : address);
    setCallWord(step, C.value, kind === KIND.delegatecall ? frame.value : given);
    setCallWord(
      step,
      C.gas,
      CALL_GAS_WORD.pack({
        requested: Number(requested > MOST_GAS ? MOST_GAS : requested),
        childGas: 0,
      }),
    );
    setCallWord(
      step,
      C.windows,
      CALL_WINDOWS_WORD.pack({
        inOff: inEnd - inSize,
        inSize,
        outOff: outEnd - outSize,
        outSize,
      }),
    );
    stack.length -= pops;
    frame.gas -= gas;
    growMemory(frame, end);
    goTo(step, MODE.callee);
  };
}

/** CALL, CALLCODE, DELEGATECALL, STATICCALL. Sources: Yellow Paper, appendix H; EIPs 7, 150, 214, 2929 */
export const CALLS: OpFamily = fullOps(
  [0xf1, GAS.warm, 7, 1, callOp(KIND.call)],
  [0xf2, GAS.warm, 7, 1, callOp(KIND.callcode)],
  [0xf4, GAS.warm, 6, 1, callOp(KIND.delegatecall)],
  [0xfa, GAS.warm, 6, 1, callOp(KIND.staticcall)],
);
