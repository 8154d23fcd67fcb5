import { GAS } from "../../gas.js";
import { below, bufferPlace } from "../../state/gindex.js";
import type { Frame, MachineState, Step, Word } from "../../state/types.js";
import { bytesToWord } from "../../state/wordBytes.js";
import { touchWords } from "../../step.js";
import { BUFFER, DEPTH, G } from "../../table.js";
import { type OpFamily, plainOps } from "./opEntry.js";

const HASHES_KEPT = 256n;
const INPUT = bufferPlace(BUFFER.input);

/** Pushes a word that stands in one leaf. */
function leaf(g: number, read: (frame: Frame, s: MachineState) => Word) {
  return (stack: Word[], frame: Frame, step: Step): void => {
    step.rec?.leaf(g);
    stack.push(read(frame, step.s));
  };
}

function callDataLoad(stack: Word[], frame: Frame, step: Step): void {
  const last = stack.length - 1;
  const at = stack[last] as Word;
  if (at >= BigInt(frame.inputLen)) {
    stack[last] = 0n;
    return;
  }
  const off = Number(at);
  touchWords(step, INPUT, off, Math.min(32, frame.input.capacity - off));
  if (off + 32 <= frame.inputLen) {
    stack[last] = frame.input.readWord(off);
    return;
  }
  const word = new Uint8Array(32);
  word.set(frame.input.read(off, frame.inputLen - off));
  stack[last] = bytesToWord(word);
}

function blockHash(stack: Word[], _frame: Frame, step: Step): void {
  const { s, rec } = step;
  const last = stack.length - 1;
  const wanted = stack[last] as Word;
  const { number } = s.blk;
  rec?.leaf(G.blkScalars);
  if (wanted >= number || wanted + HASHES_KEPT < number) {
    stack[last] = 0n;
    return;
  }
  const index = Number(wanted % HASHES_KEPT);
  rec?.leaf(below(G.hist, DEPTH.hist, index));
  stack[last] = s.hist[index] as Word;
}

/** There are no blobs. */
function blobHash(stack: Word[]): void {
  stack[stack.length - 1] = 0n;
}

/** What a frame, its transaction and its block are. Sources: Yellow Paper, appendix H; EIPs 1344, 3198, 4399, 4844, 7516 */
export const ENVIRONMENT: OpFamily = plainOps(
  [0x30, GAS.base, 0, 1, leaf(G.self, (frame) => frame.self)],
  [0x32, GAS.base, 0, 1, leaf(G.sender, (_, s) => s.tx.sender)],
  [0x33, GAS.base, 0, 1, leaf(G.caller, (frame) => frame.caller)],
  [0x34, GAS.base, 0, 1, leaf(G.value, (frame) => frame.value)],
  [0x35, GAS.veryLow, 1, 1, callDataLoad],
  [0x36, GAS.base, 0, 1, leaf(G.lens, (frame) => BigInt(frame.inputLen))],
  [0x38, GAS.base, 0, 1, leaf(G.lens, (frame) => BigInt(frame.codeLen))],
  [0x3a, GAS.base, 0, 1, leaf(G.price, (_, s) => s.tx.price)],
  [0x3d, GAS.base, 0, 1, leaf(G.lens, (frame) => BigInt(frame.retLen))],
  [0x40, GAS.blockHash, 1, 1, blockHash],
  [0x41, GAS.base, 0, 1, leaf(G.coinbase, (_, s) => s.blk.coinbase)],
  [0x42, GAS.base, 0, 1, leaf(G.blkScalars, (_, s) => s.blk.timestamp)],
  [0x43, GAS.base, 0, 1, leaf(G.blkScalars, (_, s) => s.blk.number)],
  [0x44, GAS.base, 0, 1, leaf(G.prevRandao, (_, s) => s.blk.prevRandao)],
  [0x45, GAS.base, 0, 1, leaf(G.blkScalars, (_, s) => s.blk.gasLimit)],
  [0x46, GAS.base, 0, 1, leaf(G.machineInfo, (_, s) => s.chain.chainId)],
  [0x48, GAS.base, 0, 1, leaf(G.baseFee, (_, s) => s.blk.baseFee)],
  [0x49, GAS.veryLow, 1, 1, blobHash],
  [0x4a, GAS.base, 0, 1, leaf(G.blobBaseFee, (_, s) => s.blk.blobBaseFee)],
);
