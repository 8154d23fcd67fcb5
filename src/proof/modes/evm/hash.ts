import { keccak256 } from "../../../util/keccak.js";
import {
  KECCAK_RATE,
  KECCAK_STATE_BYTES,
  keccakAbsorb,
  keccakFinish,
} from "../../compute/keccakSponge.js";
import { below } from "../../state/gindex.js";
import type { Step } from "../../state/types.js";
import { bytesToWord, wordToBytes } from "../../state/wordBytes.js";
import { CODE_LENGTH_WORD, HASH_WORD } from "../../state/words.js";
import { goTo, push, readPages, reg, regs, setCallWord, setReg, touch } from "../../step.js";
import { BUFFER, C, DEPTH, G, LIMIT, MODE, R } from "../../table.js";

const SPONGE_WORDS = 8;

/** Hashes a range of memory (sub 0) or bufB (sub 1), a slice a step if it is long. Source: docs/protocol/machine.md#opcodes */
export function hash(step: Step): void {
  const { ctl } = step.s;
  const buffer = ctl.sub === 0 ? BUFFER.mem : BUFFER.bufB;
  const { off, len, pos } = HASH_WORD.unpack(reg(step, R.hash));
  if (pos === 0 && len <= LIMIT.directHash) {
    finish(step, keccak256(readPages(step, buffer, off, len)), len);
    return;
  }
  const blocks = Math.min(LIMIT.spongeBlocks, Math.floor((len - pos) / KECCAK_RATE));
  const stop = pos + blocks * KECCAK_RATE;
  const isLast = len - stop < KECCAK_RATE;
  const bytes = readPages(step, buffer, off + pos, (isLast ? len : stop) - pos);
  const state = keccakAbsorb(readSponge(step), bytes.subarray(0, stop - pos));
  if (isLast) {
    finish(step, keccakFinish(state, bytes.subarray(stop - pos)), len);
    return;
  }
  writeSponge(step, state);
  setReg(step, R.hash, HASH_WORD.pack({ off, len, pos: stop }));
}

function finish(step: Step, digest: Uint8Array, len: number): void {
  const { s } = step;
  const word = bytesToWord(digest);
  setReg(step, R.hash, 0n);
  touchSponge(step);
  s.work.sponge = new Array(SPONGE_WORDS).fill(0n);
  if (s.ctl.sub === 0) {
    regs(step);
    push(step, word);
    goTo(step, MODE.op);
    return;
  }
  setCallWord(step, C.codeHash, word);
  setCallWord(step, C.codeLen, CODE_LENGTH_WORD.pack({ codeLen: len }));
  goTo(step, MODE.createe);
}

function touchSponge(step: Step): void {
  for (let i = 0; i < SPONGE_WORDS; i++) touch(step, below(G.sponge, DEPTH.sponge, i));
}

function readSponge(step: Step): Uint8Array {
  touchSponge(step);
  const bytes = new Uint8Array(32 * SPONGE_WORDS);
  step.s.work.sponge.forEach((word, i) => {
    bytes.set(wordToBytes(word), 32 * i);
  });
  return bytes.subarray(0, KECCAK_STATE_BYTES);
}

function writeSponge(step: Step, state: Uint8Array): void {
  const bytes = new Uint8Array(32 * SPONGE_WORDS);
  bytes.set(state);
  step.s.work.sponge = Array.from({ length: SPONGE_WORDS }, (_, i) =>
    bytesToWord(bytes.subarray(32 * i, 32 * i + 32)),
  );
}
