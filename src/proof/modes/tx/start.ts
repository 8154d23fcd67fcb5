import type { Step, Word } from "../../state/types.js";
import {
  CALL_FLAGS_WORD,
  CALL_GAS_WORD,
  CALL_WINDOWS_WORD,
  COPY_WORD,
  HASH_WORD,
} from "../../state/words.js";
import { goTo, setCallWord, setReg } from "../../step.js";
import { BUFFER, C, G, KIND, MODE, R } from "../../table.js";
import { touch, touchTx } from "./touch.js";

/** Sets up the top-level call or creation and its input. Source: docs/protocol/machine.md#transaction */
export function start(step: Step): void {
  const { tx } = step.s;
  touchTx(step.rec);
  touch(step.rec, G.raw);
  const childGas = Number(tx.gasLimit) - tx.intrinsic;
  const kind = tx.isCreate ? KIND.create : KIND.call;
  setCallWord(step, C.flags, CALL_FLAGS_WORD.pack({ ...NO_FLAGS, kind, isTop: true }));
  setCallWord(step, C.value, tx.value);
  setCallWord(step, C.gas, CALL_GAS_WORD.pack({ requested: 0, childGas }));
  if (tx.isCreate) {
    setReg(step, R.hash, HASH_WORD.pack({ off: 0, len: tx.dataLen, pos: 0 }));
  } else {
    setCallWord(step, C.codeAddr, tx.to);
    setCallWord(step, C.to, tx.to);
    setCallWord(step, C.windows, inputWindow(tx.dataLen));
  }
  const sub = tx.isCreate ? 1 : 0;
  const next = tx.isCreate ? MODE.hash : MODE.callee;
  if (tx.dataLen === 0) {
    goTo(step, next, { sub });
    return;
  }
  const copy = {
    src: BUFFER.raw,
    dst: tx.isCreate ? BUFFER.bufB : BUFFER.bufA,
    isDown: false,
    zero: 0,
    srcOff: tx.dataOff,
    srcLen: tx.rawLen,
    dstOff: 0,
    left: tx.dataLen,
  };
  setReg(step, R.copy, COPY_WORD.pack(copy));
  goTo(step, MODE.copy, { sub, ret: next });
}

const NO_FLAGS = {
  kind: 0,
  isTop: false,
  isPrecompile: false,
  isStatic: false,
  isDelegated: false,
};

/** Size of the input; at the top nothing is returned to a window. */
function inputWindow(inSize: number): Word {
  return CALL_WINDOWS_WORD.pack({ inOff: 0, inSize, outOff: 0, outSize: 0 });
}
