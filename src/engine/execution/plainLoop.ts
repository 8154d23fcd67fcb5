import { keccak256 } from "../../util/keccak.js";
import { readConstant } from "./codeAnalysis.js";
import type { PlainFrame } from "./plainFrame.js";
import { readWord, WORD_SPAN, wordBytes, wordOfBytes, writeWord } from "./words.js";

const MAX_WORD = WORD_SPAN - 1n;
/** Gas is counted in numbers here; what does not fit is counted by the library. */
const MAX_GAS = 2n ** 52n;
/** Offsets and lengths beyond it cost more than any gas limit that is counted here. */
const MAX_OFFSET = 0xffff_ffffn;
const DUP1 = 0x80;
const SWAP1 = 0x90;
const LOG0 = 0xa0;

const signed = (word: bigint): bigint => BigInt.asIntN(256, word);
const wrapped = (integer: bigint): bigint => BigInt.asUintN(256, integer);

/**
 * Runs a frame as long as its opcodes are among those that are done here, and end well. Whatever would not (no gas, a bad jump, a
 * stack that is too short) is left untouched for the library, which then says what is wrong with it.
 * Returns true if the frame has ended; otherwise the library does the opcode at the program counter.
 */
export function runPlain(frame: PlainFrame): boolean {
  const { state, table, code, analysis, bounds } = frame;
  if (state.gasLeft > MAX_GAS) return false;
  const { needs, fits, fees } = table;
  const { jumps, places, constants } = analysis;
  const { env } = state;
  const stack = state.stack._store;
  let length = state.stack._len;
  let pc = state.programCounter;
  const start = Number(state.gasLeft);
  let gas = start;
  let left = start;
  /** Where a run that may only be short is cut off; else where the gas ends. */
  const floor = Math.max(0, start - bounds.gasAllowance);
  let hasEnded = false;
  frame.enter();
  run: for (;;) {
    if (pc >= code.length) {
      hasEnded = true;
      break;
    }
    const opcode = code[pc] as number;
    left = gas - (fees[opcode] as number);
    if (left < floor || length < (needs[opcode] as number) || length > (fits[opcode] as number)) {
      break;
    }
    if (opcode >= 0x60 && opcode < 0x80) {
      const place = places[pc] as number;
      let constant = constants[place];
      if (constant === undefined) {
        constant = readConstant(code, pc);
        constants[place] = constant;
      }
      stack[length++] = constant;
      pc += opcode - 0x5e;
      gas = left;
      continue;
    }
    const top = length - 1;
    if (opcode >= DUP1 && opcode < LOG0) {
      if (opcode < SWAP1) {
        stack[length] = stack[length - 1 - (opcode - DUP1)] as bigint;
        length++;
      } else {
        const other = top - 1 - (opcode - SWAP1);
        const word = stack[top] as bigint;
        stack[top] = stack[other] as bigint;
        stack[other] = word;
      }
      pc++;
      gas = left;
      continue;
    }
    const a = stack[top] as bigint;
    const b = stack[top - 1] as bigint;
    switch (opcode) {
      case 0x00: // STOP
        gas = left;
        hasEnded = true;
        break run;
      case 0x01: // ADD
        stack[top - 1] = wrapped(a + b);
        length--;
        break;
      case 0x02: // MUL
        stack[top - 1] = wrapped(a * b);
        length--;
        break;
      case 0x03: // SUB
        stack[top - 1] = a >= b ? a - b : WORD_SPAN + a - b;
        length--;
        break;
      case 0x04: // DIV
        stack[top - 1] = b === 0n ? 0n : a / b;
        length--;
        break;
      case 0x05: // SDIV
        stack[top - 1] = b === 0n ? 0n : wrapped(signed(a) / signed(b));
        length--;
        break;
      case 0x06: // MOD
        stack[top - 1] = b === 0n ? 0n : a % b;
        length--;
        break;
      case 0x07: // SMOD
        stack[top - 1] = b === 0n ? 0n : wrapped(signed(a) % signed(b));
        length--;
        break;
      case 0x08: // ADDMOD
      case 0x09: {
        // MULMOD
        const modulus = stack[top - 2] as bigint;
        const result = opcode === 0x08 ? a + b : a * b;
        stack[top - 2] = modulus === 0n ? 0n : result % modulus;
        length -= 2;
        break;
      }
      case 0x0b: // SIGNEXTEND
        stack[top - 1] = a > 30n ? b : wrapped(BigInt.asIntN(Number(a) * 8 + 8, b));
        length--;
        break;
      case 0x10: // LT
        stack[top - 1] = a < b ? 1n : 0n;
        length--;
        break;
      case 0x11: // GT
        stack[top - 1] = a > b ? 1n : 0n;
        length--;
        break;
      case 0x12: // SLT
        stack[top - 1] = signed(a) < signed(b) ? 1n : 0n;
        length--;
        break;
      case 0x13: // SGT
        stack[top - 1] = signed(a) > signed(b) ? 1n : 0n;
        length--;
        break;
      case 0x14: // EQ
        stack[top - 1] = a === b ? 1n : 0n;
        length--;
        break;
      case 0x15: // ISZERO
        stack[top] = a === 0n ? 1n : 0n;
        break;
      case 0x16: // AND
        stack[top - 1] = a & b;
        length--;
        break;
      case 0x17: // OR
        stack[top - 1] = a | b;
        length--;
        break;
      case 0x18: // XOR
        stack[top - 1] = a ^ b;
        length--;
        break;
      case 0x19: // NOT
        stack[top] = MAX_WORD - a;
        break;
      case 0x1a: // BYTE
        stack[top - 1] = a > 31n ? 0n : (b >> ((31n - a) * 8n)) & 0xffn;
        length--;
        break;
      case 0x1b: // SHL
        stack[top - 1] = a > 255n ? 0n : wrapped(b << a);
        length--;
        break;
      case 0x1c: // SHR
        stack[top - 1] = a > 255n ? 0n : b >> a;
        length--;
        break;
      case 0x1d: // SAR
        stack[top - 1] = wrapped(signed(b) >> (a > 255n ? 255n : a));
        length--;
        break;
      case 0x20: {
        // KECCAK256
        if (b > MAX_OFFSET || (b !== 0n && a > MAX_OFFSET)) break run;
        const count = Number(b);
        const from = count === 0 ? 0 : Number(a);
        left -= Math.ceil(count / 32) * table.keccakWord;
        if (count > 0 && from + count > frame.size) left -= frame.expansion(from + count);
        if (left < floor) break run;
        if (count > 0 && from + count > frame.size) frame.expand(from + count);
        stack[top - 1] = wordOfBytes(keccak256(frame.memory.subarray(from, from + count)));
        length--;
        break;
      }
      case 0x30: // ADDRESS
        stack[length++] = frame.address;
        break;
      case 0x33: // CALLER
        stack[length++] = frame.caller;
        break;
      case 0x34: // CALLVALUE
        stack[length++] = env.callValue;
        break;
      case 0x35: {
        // CALLDATALOAD
        const { callData } = env;
        if (a >= BigInt(callData.length)) stack[top] = 0n;
        else {
          const from = Number(a);
          const word = new Uint8Array(32);
          word.set(callData.subarray(from, from + 32));
          stack[top] = readWord(new DataView(word.buffer), 0);
        }
        break;
      }
      case 0x36: // CALLDATASIZE
        stack[length++] = BigInt(env.callData.length);
        break;
      case 0x37: // CALLDATACOPY
      case 0x39: // CODECOPY
      case 0x3e: {
        // RETURNDATACOPY
        const size = stack[top - 2] as bigint;
        const data =
          opcode === 0x37 ? env.callData : opcode === 0x39 ? env.code : state.returnBytes;
        // Reading beyond what a call returned is an error, of which the library knows.
        if (opcode === 0x3e && b + size > BigInt(data.length)) break run;
        if (size > MAX_OFFSET || (size !== 0n && a > MAX_OFFSET)) break run;
        const count = Number(size);
        const to = count === 0 ? 0 : Number(a);
        left -= Math.ceil(count / 32) * table.copyWord;
        if (count > 0 && to + count > frame.size) left -= frame.expansion(to + count);
        if (left < floor) break run;
        if (count > 0) {
          if (to + count > frame.size) frame.expand(to + count);
          const from = b > BigInt(data.length) ? data.length : Number(b);
          const part = data.subarray(from, from + count);
          frame.memory.set(part, to);
          frame.memory.fill(0, to + part.length, to + count);
        }
        length -= 3;
        break;
      }
      case 0x38: // CODESIZE
        stack[length++] = BigInt(env.code.length);
        break;
      case 0x3d: // RETURNDATASIZE
        stack[length++] = BigInt(state.returnBytes.length);
        break;
      case 0x42: // TIMESTAMP
        stack[length++] = env.block.header.timestamp;
        break;
      case 0x43: // NUMBER
        stack[length++] = env.block.header.number;
        break;
      case 0x50: // POP
        length--;
        break;
      case 0x51: // MLOAD
      case 0x52: // MSTORE
      case 0x53: {
        // MSTORE8
        if (a > MAX_OFFSET) break run;
        const at = Number(a);
        const end = opcode === 0x53 ? at + 1 : at + 32;
        if (end > frame.size) {
          left -= frame.expansion(end);
          if (left < floor) break run;
          frame.expand(end);
        }
        if (opcode === 0x51) {
          stack[top] = readWord(frame.view, at);
          break;
        }
        if (opcode === 0x52) writeWord(frame.view, at, b);
        else frame.memory[at] = Number(b & 0xffn);
        length -= 2;
        break;
      }
      case 0x54: {
        // SLOAD
        const slot = wordBytes(a);
        const isWarm = frame.isWarm(slot);
        left -= isWarm ? table.warmRead : table.coldSlot;
        if (left < floor) break run;
        if (!isWarm) frame.warm(slot);
        stack[top] = frame.readStorage(slot);
        break;
      }
      case 0x55: {
        // SSTORE
        if (env.isStatic || gas <= table.store.sentry) break run;
        const slot = wordBytes(a);
        const isWarm = frame.isWarm(slot);
        const cost = frame.storeCost(slot, b, isWarm);
        left -= isWarm ? cost.gas : cost.gas + table.coldSlot;
        if (left < floor || state.gasRefund + cost.refund < 0n) break run;
        if (!isWarm) frame.warm(slot);
        if (cost.refund !== 0n) state.gasRefund += cost.refund;
        frame.writeStorage(slot, b);
        length -= 2;
        break;
      }
      case 0x56: // JUMP
      case 0x57: {
        // JUMPI
        // The library's handler is the one that looks at the clock now and then.
        if (bounds.jumpsLeft <= 1) break run;
        if (opcode === 0x57 && b === 0n) {
          length -= 2;
          bounds.jumpsLeft--;
          break;
        }
        if (a > MAX_OFFSET || jumps[Number(a)] !== 1) break run;
        bounds.jumpsLeft--;
        length -= opcode === 0x57 ? 2 : 1;
        pc = Number(a);
        gas = left;
        continue;
      }
      case 0x58: // PC
        stack[length++] = BigInt(pc);
        break;
      case 0x59: // MSIZE
        stack[length++] = BigInt(frame.size);
        break;
      case 0x5a: // GAS
        stack[length++] = BigInt(left);
        break;
      case 0x5b: // JUMPDEST
        break;
      case 0x5f: // PUSH0
        stack[length++] = 0n;
        break;
      case 0xa0: // LOG0 to LOG4
      case 0xa1:
      case 0xa2:
      case 0xa3:
      case 0xa4: {
        // Simulations put something of theirs in the place of these.
        if (env.isStatic || frame.entries[opcode] !== table.entries[opcode]) break run;
        if (b > MAX_OFFSET || (b !== 0n && a > MAX_OFFSET)) break run;
        const count = Number(b);
        const from = count === 0 ? 0 : Number(a);
        const topicCount = opcode - LOG0;
        left -= topicCount * table.logTopic + count * table.logByte;
        if (count > 0 && from + count > frame.size) left -= frame.expansion(from + count);
        if (left < floor) break run;
        if (count > 0 && from + count > frame.size) frame.expand(from + count);
        const topics: Uint8Array[] = [];
        for (let i = 0; i < topicCount; i++) topics.push(wordBytes(stack[top - 2 - i] as bigint));
        frame.library.log(frame.memory.slice(from, from + count), topicCount, topics);
        length -= 2 + topicCount;
        break;
      }
      case 0xf3: {
        // RETURN
        if (b > MAX_OFFSET || (b !== 0n && a > MAX_OFFSET)) break run;
        const count = Number(b);
        const from = count === 0 ? 0 : Number(a);
        if (count > 0 && from + count > frame.size) {
          left -= frame.expansion(from + count);
          if (left < floor) break run;
          frame.expand(from + count);
        }
        frame.library._result.returnValue = frame.memory.slice(from, from + count);
        length -= 2;
        gas = left;
        hasEnded = true;
        break run;
      }
      default:
        break run;
    }
    pc++;
    gas = left;
  }
  state.stack._len = length;
  state.programCounter = pc;
  state.gasLeft = BigInt(gas);
  const isCutOff = left < floor && left >= 0;
  bounds.gasAllowance = isCutOff ? -1 : bounds.gasAllowance - (start - gas);
  return hasEnded;
}
