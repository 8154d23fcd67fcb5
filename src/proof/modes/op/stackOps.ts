import { GAS } from "../../gas.js";
import { gStack } from "../../state/gindex.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { codeOfFrame } from "../evm/frameCode.js";
import { type OpEntry, type OpFamily, plainOps } from "./opEntry.js";

const DEEPEST = 16;
const PUSH0 = 0x5f;
const LONGEST_PUSH = 32;
const DUP1 = 0x80;
const SWAP1 = 0x90;

function pushData(size: number) {
  return (stack: Word[], frame: Frame): void => {
    stack.push(codeOfFrame(frame).pushed(frame.pc, size));
    frame.pc += size;
  };
}

function duplicate(depth: number) {
  return (stack: Word[], _frame: Frame, { rec }: Step): void => {
    const slot = stack.length - depth;
    rec?.leaf(gStack(slot));
    rec?.leaf(gStack(stack.length));
    stack.push(stack[slot] as Word);
  };
}

function swap(depth: number) {
  return (stack: Word[], _frame: Frame, { rec }: Step): void => {
    const top = stack.length - 1;
    const slot = top - depth;
    rec?.leaf(gStack(slot));
    rec?.leaf(gStack(top));
    const word = stack[top] as Word;
    stack[top] = stack[slot] as Word;
    stack[slot] = word;
  };
}

function entry(gas: number, pops: number, pushes: number, plain: OpEntry["plain"]): OpEntry {
  return { gas, pops, pushes, isWriting: false, plain, full: undefined };
}

function stackOps(): OpFamily {
  const ops = new Map<number, OpEntry>(
    plainOps(
      [0x50, GAS.base, 1, 0, (stack) => void stack.pop()],
      [0x58, GAS.base, 0, 1, (stack, frame) => void stack.push(BigInt(frame.pc))],
      [0x59, GAS.base, 0, 1, (stack, frame) => void stack.push(BigInt(32 * frame.memWords))],
      [0x5a, GAS.base, 0, 1, (stack, frame) => void stack.push(BigInt(frame.gas - GAS.base))],
      [0x5b, GAS.jumpDest, 0, 0, () => {}],
      [PUSH0, GAS.base, 0, 1, (stack) => void stack.push(0n)],
    ),
  );
  for (let size = 1; size <= LONGEST_PUSH; size++) {
    ops.set(PUSH0 + size, entry(GAS.veryLow, 0, 1, pushData(size)));
  }
  for (let depth = 1; depth <= DEEPEST; depth++) {
    ops.set(DUP1 + depth - 1, entry(GAS.veryLow, depth, depth + 1, duplicate(depth)));
    ops.set(SWAP1 + depth - 1, entry(GAS.veryLow, depth + 1, depth + 1, swap(depth)));
  }
  return ops;
}

/** True for DUP and SWAP, which touch two slots and not all that must be there. */
export function isShuffle(opcode: number): boolean {
  return opcode >= DUP1 && opcode < SWAP1 + DEEPEST;
}

/** POP, PC, MSIZE, GAS, JUMPDEST, PUSH0 to PUSH32, DUP and SWAP. Sources: Yellow Paper, appendix H; EIP-3855 */
export const STACK_OPS: OpFamily = stackOps();
