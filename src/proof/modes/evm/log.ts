import { keccak256 } from "../../../util/keccak.js";
import { bufferPlace } from "../../state/gindex.js";
import type { Frame, Rev, Step } from "../../state/types.js";
import { addressBytes, wordToBytes } from "../../state/wordBytes.js";
import { LOG_WORD } from "../../state/words.js";
import { goTo, reg, regs, setReg, setRev, touch, touchWords } from "../../step.js";
import { BUFFER, DEPTH, G, MODE, R } from "../../table.js";
import { setCopy } from "./setCopy.js";

const BLOOM_BITS = 2048;
/** Head of a list or string of more than 55 bytes. */
const LONG = 55;

/** Writes what comes before the data of a log, the bloom and the counters. Source: docs/protocol/machine.md#opcodes */
export function log(step: Step): void {
  const { s, rec } = step;
  const frame = regs(step);
  touch(step, G.self, G.revPacked);
  rec?.words(G.revBloom, DEPTH.bloom);
  const { off, len, topics: count } = LOG_WORD.unpack(reg(step, R.log));
  const topics: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    topics.push(wordToBytes(reg(step, R.topic0 + i)));
    setReg(step, R.topic0 + i, 0n);
  }
  setReg(step, R.log, 0n);
  const address = addressBytes(frame.self);
  const head = logHead(address, topics, len, firstByte(step, frame, off, len));
  const { logBytes } = s.rev;
  touchWords(step, bufferPlace(BUFFER.logs), logBytes, head.length);
  const logs = s.rev.logs.clone();
  logs.write(logBytes, head);
  setRev(step, {
    logs,
    logCount: s.rev.logCount + 1,
    logBytes: logBytes + head.length + len,
    bloom: withBloom(s.rev, [address, ...topics]),
  });
  if (len === 0) {
    goTo(step, MODE.op);
    return;
  }
  const srcLen = 32 * frame.memWords;
  setCopy(step, BUFFER.mem, BUFFER.logs, BigInt(off), srcLen, logBytes + head.length, len);
  goTo(step, MODE.copy, { ret: MODE.op });
}

/** A single byte below 0x80 has no head of its own, so it must be known. */
function firstByte(step: Step, frame: Frame, off: number, len: number): number {
  if (len !== 1) return 0;
  touchWords(step, bufferPlace(BUFFER.mem), off, 1);
  return frame.mem.readByte(off);
}

function head(offset: number, length: number): number[] {
  if (length <= LONG) return [offset + length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [offset + LONG + bytes.length, ...bytes];
}

/** RLP of a log up to its data. */
function logHead(
  address: Uint8Array,
  topics: readonly Uint8Array[],
  len: number,
  first: number,
): Uint8Array {
  const dataHead = len === 1 && first < 0x80 ? [] : head(0x80, len);
  const topicsHead = head(0xc0, 33 * topics.length);
  const payload = 21 + topicsHead.length + 33 * topics.length + dataHead.length + len;
  const bytes = [...head(0xc0, payload), 0x94, ...address, ...topicsHead];
  for (const topic of topics) bytes.push(0xa0, ...topic);
  return Uint8Array.from([...bytes, ...dataHead]);
}

function withBloom({ bloom }: Rev, values: readonly Uint8Array[]): Uint8Array {
  const grown = bloom.slice();
  for (const value of values) {
    const digest = keccak256(value);
    for (let i = 0; i < 6; i += 2) {
      const bit = (((digest[i] as number) << 8) | (digest[i + 1] as number)) % BLOOM_BITS;
      const at = grown.length - 1 - (bit >> 3);
      grown[at] = (grown[at] as number) | (1 << (bit & 7));
    }
  }
  return grown;
}
