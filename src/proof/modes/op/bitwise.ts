import { GAS } from "../../gas.js";
import type { Word } from "../../state/types.js";
import { WORD_MAX } from "../../state/wordBytes.js";
import { type OpFamily, plainOps } from "./opEntry.js";

const signed = (word: Word): bigint => BigInt.asIntN(256, word);
const flag = (is: boolean): Word => (is ? 1n : 0n);

function binary(run: (a: Word, b: Word) => Word): (stack: Word[]) => void {
  return (stack) => {
    const a = stack.pop() as Word;
    const last = stack.length - 1;
    stack[last] = run(a, stack[last] as Word);
  };
}

function unary(run: (a: Word) => Word): (stack: Word[]) => void {
  return (stack) => {
    const last = stack.length - 1;
    stack[last] = run(stack[last] as Word);
  };
}

function byteOf(index: Word, value: Word): Word {
  return index > 31n ? 0n : (value >> (8n * (31n - index))) & 0xffn;
}

function shiftLeft(by: Word, value: Word): Word {
  return by > 255n ? 0n : BigInt.asUintN(256, value << by);
}

function shiftRight(by: Word, value: Word): Word {
  return by > 255n ? 0n : value >> by;
}

function shiftSigned(by: Word, value: Word): Word {
  return BigInt.asUintN(256, signed(value) >> (by > 255n ? 255n : by));
}

function leadingZeros(value: Word): Word {
  return value === 0n ? 256n : BigInt(256 - value.toString(2).length);
}

/** LT to CLZ, 0x10 to 0x1e. Sources: Yellow Paper, appendix H; EIP-145; EIP-7939 */
export const BITWISE: OpFamily = plainOps(
  [0x10, GAS.veryLow, 2, 1, binary((a, b) => flag(a < b))],
  [0x11, GAS.veryLow, 2, 1, binary((a, b) => flag(a > b))],
  [0x12, GAS.veryLow, 2, 1, binary((a, b) => flag(signed(a) < signed(b)))],
  [0x13, GAS.veryLow, 2, 1, binary((a, b) => flag(signed(a) > signed(b)))],
  [0x14, GAS.veryLow, 2, 1, binary((a, b) => flag(a === b))],
  [0x15, GAS.veryLow, 1, 1, unary((a) => flag(a === 0n))],
  [0x16, GAS.veryLow, 2, 1, binary((a, b) => a & b)],
  [0x17, GAS.veryLow, 2, 1, binary((a, b) => a | b)],
  [0x18, GAS.veryLow, 2, 1, binary((a, b) => a ^ b)],
  [0x19, GAS.veryLow, 1, 1, unary((a) => WORD_MAX - a)],
  [0x1a, GAS.veryLow, 2, 1, binary(byteOf)],
  [0x1b, GAS.veryLow, 2, 1, binary(shiftLeft)],
  [0x1c, GAS.veryLow, 2, 1, binary(shiftRight)],
  [0x1d, GAS.veryLow, 2, 1, binary(shiftSigned)],
  [0x1e, GAS.low, 1, 1, unary(leadingZeros)],
);
