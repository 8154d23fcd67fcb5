import { GAS } from "../../gas.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { halt } from "../../step.js";
import { fullOps, type OpFamily, plainOps } from "./opEntry.js";

const SIGN = 1n << 255n;

/** The word as a signed number. */
function signed(word: Word): bigint {
  return word < SIGN ? word : BigInt.asIntN(256, word);
}

function word(value: bigint): Word {
  return BigInt.asUintN(256, value);
}

/** base^exponent mod 2^256. */
function power(base: Word, exponent: Word): Word {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = word(result * square);
    square = word(square * square);
  }
  return result;
}

/** Bytes without leading zeros. */
function byteLength(value: Word): number {
  return value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
}

function exp(step: Step, frame: Frame): void {
  const { stack } = frame;
  const exponent = stack[stack.length - 2] as Word;
  const gas = GAS.exp + GAS.expByte * byteLength(exponent);
  if (frame.gas < gas) {
    halt(step);
    return;
  }
  const base = stack.pop() as Word;
  stack[stack.length - 1] = power(base, exponent);
  frame.gas -= gas;
  frame.pc++;
}

function signExtend(size: Word, value: Word): Word {
  if (size > 30n) return value;
  return word(BigInt.asIntN(8 * (Number(size) + 1), value));
}

/** Replaces the two top words by a function of them, the top one first. */
function binary(run: (a: Word, b: Word) => Word): (stack: Word[]) => void {
  return (stack) => {
    const a = stack.pop() as Word;
    const last = stack.length - 1;
    stack[last] = run(a, stack[last] as Word);
  };
}

function ternary(run: (a: Word, b: Word, c: Word) => Word): (stack: Word[]) => void {
  return (stack) => {
    const a = stack.pop() as Word;
    const b = stack.pop() as Word;
    const last = stack.length - 1;
    stack[last] = run(a, b, stack[last] as Word);
  };
}

/** ADD to SIGNEXTEND, 0x01 to 0x0b. Source: Yellow Paper, appendix H */
export const ARITHMETIC: OpFamily = new Map([
  ...plainOps(
    [0x01, GAS.veryLow, 2, 1, binary((a, b) => word(a + b))],
    [0x02, GAS.low, 2, 1, binary((a, b) => word(a * b))],
    [0x03, GAS.veryLow, 2, 1, binary((a, b) => word(a - b))],
    [0x04, GAS.low, 2, 1, binary((a, b) => (b === 0n ? 0n : a / b))],
    [0x05, GAS.low, 2, 1, binary((a, b) => (b === 0n ? 0n : word(signed(a) / signed(b))))],
    [0x06, GAS.low, 2, 1, binary((a, b) => (b === 0n ? 0n : a % b))],
    [0x07, GAS.low, 2, 1, binary((a, b) => (b === 0n ? 0n : word(signed(a) % signed(b))))],
    [0x08, GAS.mid, 3, 1, ternary((a, b, c) => (c === 0n ? 0n : (a + b) % c))],
    [0x09, GAS.mid, 3, 1, ternary((a, b, c) => (c === 0n ? 0n : (a * b) % c))],
    [0x0b, GAS.low, 2, 1, binary(signExtend)],
  ),
  ...fullOps([0x0a, GAS.exp, 2, 1, exp]),
]);
