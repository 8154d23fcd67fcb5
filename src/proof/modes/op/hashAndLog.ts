import { GAS, wordsOf } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { HASH_WORD, LOG_WORD } from "../../state/words.js";
import { goTo, halt, setReg } from "../../step.js";
import { MODE, R } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { type FullRow, fullOps, type OpFamily, writingOps } from "./opEntry.js";

const LOG0 = 0xa0;
const MOST_TOPICS = 4;

function keccak(step: Step, frame: Frame): void {
  const { stack } = frame;
  const len = stack[stack.length - 2] as Word;
  const end = windowEnd(stack[stack.length - 1] as Word, len);
  const size = Number(len);
  const gas = end < 0 ? 0 : GAS.keccak + GAS.keccakWord * wordsOf(size) + growthGas(frame, end);
  if (end < 0 || frame.gas < gas) {
    halt(step);
    return;
  }
  stack.length -= 2;
  frame.gas -= gas;
  growMemory(frame, end);
  frame.pc++;
  setReg(step, R.hash, HASH_WORD.pack({ off: end - size, len: size, pos: 0 }));
  goTo(step, MODE.hash);
}

function log(topics: number) {
  return (step: Step, frame: Frame): void => {
    const { stack } = frame;
    const len = stack[stack.length - 2] as Word;
    const end = windowEnd(stack[stack.length - 1] as Word, len);
    const size = Number(len);
    const gas =
      end < 0 ? 0 : GAS.log + GAS.logTopic * topics + GAS.logByte * size + growthGas(frame, end);
    if (end < 0 || frame.gas < gas) {
      halt(step);
      return;
    }
    stack.length -= 2;
    frame.gas -= gas;
    growMemory(frame, end);
    frame.pc++;
    setReg(step, R.log, LOG_WORD.pack({ off: end - size, len: size, topics }));
    for (let i = 0; i < topics; i++) setReg(step, R.topic0 + i, stack.pop() as Word);
    goTo(step, MODE.log);
  };
}

function logRows(): FullRow[] {
  const rows: FullRow[] = [];
  for (let topics = 0; topics <= MOST_TOPICS; topics++) {
    rows.push([LOG0 + topics, GAS.log + GAS.logTopic * topics, 2 + topics, 0, log(topics)]);
  }
  return rows;
}

/** KECCAK256, LOG0 to LOG4. Source: Yellow Paper, appendix H */
export const HASH_AND_LOG: OpFamily = new Map([
  ...fullOps([0x20, GAS.keccak, 2, 1, keccak]),
  ...writingOps(...logRows()),
]);
