import { GAS, wordsOf } from "../../gas.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { isWarm, setWarm } from "../../state/warmth.js";
import { type Account, getAccount, readCode } from "../../state/world.js";
import { goTo, halt, touch } from "../../step.js";
import { BUFFER, DEPTH, G, MODE } from "../../table.js";
import { growMemory, growthGas, windowEnd } from "../evm/memory.js";
import { setCopy } from "../evm/setCopy.js";
import { toAddress } from "../evm/toAddress.js";
import { fullOps, type OpFamily } from "./opEntry.js";

/** Replaces the address on the stack by something of its account. */
function lookUp(read: (account: Account | undefined, step: Step) => Word) {
  return (step: Step, frame: Frame): void => {
    const { stack } = frame;
    touch(step, G.stateRoot, G.warmAddr);
    const top = stack.length - 1;
    const address = toAddress(stack[top] as Word);
    const account = getAccount(step, address);
    const result = read(account, step);
    const warm = isWarm(step, address);
    const gas = warm ? GAS.warm : GAS.coldAccount;
    if (frame.gas < gas) {
      halt(step);
      return;
    }
    if (!warm) setWarm(step, address);
    stack[top] = result;
    frame.gas -= gas;
    frame.pc++;
  };
}

function selfBalance(step: Step, frame: Frame): void {
  touch(step, G.self, G.stateRoot);
  frame.stack.push(getAccount(step, frame.self)?.balance ?? 0n);
  frame.gas -= GAS.low;
  frame.pc++;
}

const codeSize = (account: Account | undefined, step: Step): Word =>
  account === undefined ? 0n : BigInt(readCode(step, account).length);

function extCodeCopy(step: Step, frame: Frame): void {
  const { stack } = frame;
  touch(step, G.stateRoot, G.warmAddr);
  const sp = stack.length;
  const address = toAddress(stack[sp - 1] as Word);
  const srcOff = stack[sp - 3] as Word;
  const len = stack[sp - 4] as Word;
  const end = windowEnd(stack[sp - 2] as Word, len);
  if (end < 0) {
    halt(step);
    return;
  }
  const account = getAccount(step, address);
  const warm = isWarm(step, address);
  const size = Number(len);
  const gas =
    (warm ? GAS.warm : GAS.coldAccount) + GAS.copyWord * wordsOf(size) + growthGas(frame, end);
  if (frame.gas < gas) {
    halt(step);
    return;
  }
  if (!warm) setWarm(step, address);
  stack.length -= 4;
  frame.gas -= gas;
  growMemory(frame, end);
  frame.pc++;
  if (size === 0) return;
  const code = account === undefined ? new Uint8Array(0) : readCode(step, account);
  touch(step, G.bufB);
  step.s.work.bufB = PagedBytes.of(DEPTH.bufB, code);
  setCopy(step, BUFFER.bufB, BUFFER.mem, srcOff, code.length, end - size, size);
  goTo(step, MODE.copy, { ret: MODE.op });
}

/** BALANCE, SELFBALANCE, EXTCODESIZE, EXTCODECOPY, EXTCODEHASH. Sources: EIPs 1052, 1884, 2929 */
export const ACCOUNT_OPS: OpFamily = fullOps(
  [0x31, GAS.warm, 1, 1, lookUp((account) => account?.balance ?? 0n)],
  [0x3b, GAS.warm, 1, 1, lookUp(codeSize)],
  [0x3c, GAS.warm, 4, 0, extCodeCopy],
  [0x3f, GAS.warm, 1, 1, lookUp((account) => account?.codeHash ?? 0n)],
  [0x47, GAS.low, 0, 1, selfBalance],
);
