import { GAS, wordsOf } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { CALL_FLAGS_WORD, CALL_GAS_WORD, CALL_WINDOWS_WORD, HASH_WORD } from "../../state/words.js";
import { goTo, halt, setCallWord, setReg } from "../../step.js";
import { BUFFER, C, KIND, LIMIT, MODE, R } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { setCopy } from "../evm/setCopy.js";
import { type OpFamily, writingOps } from "./opEntry.js";

function createOp(kind: number) {
  const isSalted = kind === KIND.create2;
  const pops = isSalted ? 4 : 3;
  const wordGas = GAS.initCodeWord + (isSalted ? GAS.keccakWord : 0);
  return (step: Step, frame: Frame): void => {
    const { stack } = frame;
    const sp = stack.length;
    const len = stack[sp - 3] as Word;
    const end = windowEnd(stack[sp - 2] as Word, len);
    const size = Number(len);
    const gas = end < 0 ? 0 : GAS.create + wordGas * wordsOf(size) + growthGas(frame, end);
    if (end < 0 || size > LIMIT.initCode || frame.gas < gas) {
      halt(step);
      return;
    }
    const flags = { kind, isTop: false, isPrecompile: false, isStatic: false, isDelegated: false };
    const inOff = end - size;
    const left = frame.gas - gas;
    const childGas = left - Math.floor(left / GAS.keptPart);
    setCallWord(step, C.flags, CALL_FLAGS_WORD.pack(flags));
    setCallWord(step, C.value, stack[sp - 1] as Word);
    setCallWord(step, C.gas, CALL_GAS_WORD.pack({ requested: 0, childGas }));
    setCallWord(
      step,
      C.windows,
      CALL_WINDOWS_WORD.pack({ inOff, inSize: size, outOff: 0, outSize: 0 }),
    );
    if (isSalted) setCallWord(step, C.salt, stack[sp - 4] as Word);
    stack.length -= pops;
    frame.gas = left - childGas;
    growMemory(frame, end);
    setReg(step, R.hash, HASH_WORD.pack({ off: 0, len: size, pos: 0 }));
    if (size === 0) {
      goTo(step, MODE.hash, { sub: 1 });
      return;
    }
    setCopy(step, BUFFER.mem, BUFFER.bufB, BigInt(inOff), 32 * frame.memWords, 0, size);
    goTo(step, MODE.copy, { sub: 1, ret: MODE.hash });
  };
}

/** CREATE, CREATE2. Sources: Yellow Paper, appendix H; EIPs 1014, 3860 */
export const CREATES: OpFamily = writingOps(
  [0xf0, GAS.create, 3, 1, createOp(KIND.create)],
  [0xf5, GAS.create, 4, 1, createOp(KIND.create2)],
);
